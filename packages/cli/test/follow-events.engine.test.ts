import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { defineTopic, migrate, openStore, publish } from '@watertight/durable'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PROGRAM } from './run-process.js'
import { type RunningPostgres, startPostgres } from './start-postgres.js'

let postgres: RunningPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

const orders = defineTopic('orders', {
  source: '/orders',
  types: { 'order.placed': { schema: { parse: (input: unknown) => input as { total: number } } } },
})

test('events are followed while they are published, each told once, until the command is interrupted', async () => {
  const store = openStore(postgres.url)
  await migrate(store)
  const place = async (total: number): Promise<void> => {
    await store.transaction(async (transaction) => {
      await publish(transaction, orders, { type: 'order.placed', key: 'order-1', data: { total } })
    })
  }
  await place(1)
  const words = ['events', 'tail', '--follow', '--json', '--store', postgres.url]
  const child = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  const totals = (): number[] =>
    out
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { data: { total: number } }).data.total)
  await expect.poll(totals, { timeout: 30_000 }).toEqual([1])
  await place(2)
  await place(3)
  await expect.poll(totals, { timeout: 30_000 }).toEqual([1, 2, 3])
  child.kill('SIGINT')
  expect(await once(child, 'exit')).toEqual([0, null])
  await store.close()
})
