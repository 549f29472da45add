import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate, publish } from '@watertight/durable'
import { expect, test } from 'vitest'
import { cleanUpRegularly } from '../src/database/clean-up.js'
import { orderEvents } from '../src/order/order-events.js'
import { emptyStore } from './empty-store.js'

test('what all have handled and is old is deleted, again and again; what is new stays', async () => {
  const store = await emptyStore()
  await migrate(store)
  const tell = async (key: string) =>
    await store.transaction((transaction) =>
      publish(transaction, orderEvents, {
        type: 'order-delayed',
        key,
        data: { waitsFor: 'payment' },
      }),
    )
  const keys = async () => (await store.query('select key from watertight.outbox order by key')).rows
  const growOld = `update watertight.outbox set published_at = now() - interval '8 days' where key like 'old%'`
  const trouble: unknown[] = []
  const cleaning = cleanUpRegularly(store, (error) => trouble.push(error), 5)
  await tell('new')
  for (const key of ['old-1', 'old-2']) {
    await tell(key)
    await store.query(growOld)
    await expect.poll(keys, { timeout: 20_000 }).toEqual([{ key: 'new' }])
  }
  await cleaning.close()
  await store.close()
  expect(trouble).toEqual([])
})

const sources = fileURLToPath(new URL('../src', import.meta.url))

test('whatever hands an order on is tried until it works: after a few tries it would be a dead letter, and the order stand still', () => {
  const handing = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ name, text: readFileSync(join(sources, name), 'utf8') }))
    .filter(({ text }) => /\b(consume|joinChoreography)\(/.test(text))
  expect(handing.length).toBeGreaterThan(3)
  for (const { name, text } of handing)
    expect.soft(text, name).toContain('const { attempts: attemptsMax, backoff } = UNTIL_IT_WORKS')
})
