import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type RunningEngine, startKafka } from '@watertight/deploy'
import {
  consume,
  defineTopic,
  migrate,
  openKafka,
  openStore,
  publish,
  relayEvents,
} from '@watertight/durable'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningPostgres, startPostgres } from './start-postgres.js'
import { askedStore } from './store-commands.js'

let postgres: RunningPostgres
let folder: string
let server: RunningEngine
let kafka: string
beforeAll(async () => {
  postgres = await startPostgres()
  folder = await mkdtemp(join(tmpdir(), 'watertight-lag-'))
  const port = await freePort()
  server = await startKafka({ folder, port })
  kafka = `kafka://127.0.0.1:${port}`
})
afterAll(async () => {
  await server.kill()
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
})

const orders = defineTopic('orders', {
  source: '/orders',
  types: { placed: { schema: { parse: (input: unknown) => input as { n: number } } } },
})

/** A group reads one event from Kafka and goes; two more come to lie there. */
async function leaveBehind(): Promise<void> {
  const store = openStore(postgres.url)
  await migrate(store)
  const broker = await openKafka({ url: kafka })
  const relay = await relayEvents(store, { topics: [orders], to: broker, pollMs: 20 })
  const place = async (n: number): Promise<void> => {
    await store.transaction((transaction) =>
      publish(transaction, orders, { type: 'placed', key: 'k', data: { n } }),
    )
  }
  await place(1)
  let handled = 0
  const handle = async (): Promise<void> => void (handled += 1)
  const consumer = await consume(store, { group: 'shipping', topic: orders, broker, pollMs: 20, handle })
  await expect.poll(() => handled, { timeout: 30_000 }).toBe(1)
  await consumer.close()
  await place(2)
  await place(3)
  const relayed = async (): Promise<number> => {
    const { rows } = await store.query<{ left: number }>(
      `select count(*)::integer as left from watertight.outbox as o
       join watertight.consumer_position as p using (topic, partition)
       where p.group_name = 'kafka-relay' and (o.transaction, o.id) > (p.transaction, p.id)`,
    )
    return rows[0]!.left
  }
  await expect.poll(relayed, { timeout: 30_000 }).toBe(0)
  await relay.close()
  await broker.close()
  await store.close()
}

test('how far a group is behind that reads from Kafka is told by asking Kafka, and that it was not asked is told', async () => {
  await leaveBehind()
  const { ask, json } = askedStore(() => postgres.url)
  const behind = async (...words: string[]): Promise<unknown> =>
    (await json('events', 'lag', '--group', 'shipping', ...words))['groups']
  expect(await behind()).toMatchObject([{ group: 'shipping', topic: 'orders', events: null }])
  expect((await ask('events', 'lag')).out).toContain('? reads from Kafka: --broker')
  expect(await behind('--broker', kafka)).toMatchObject([{ group: 'shipping', events: 2 }])
}, 120_000)
