import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consume } from '../src/events/consume.js'
import { migrate } from '../src/migrations/migrate.js'
import { publish } from '../src/outbox/publish.js'
import { defineTopic } from '../src/outbox/topic.js'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'
import { type PostgresServer, startPostgres } from './servers/postgres-server.js'

/** Every change is tried with a short spike; `WATERTIGHT_SPIKE_SECONDS=30` is the one that the documentation speaks of. */
const SECONDS = Number(process.env['WATERTIGHT_SPIKE_SECONDS'] ?? 2)
const PER_SECOND = 10_000
const PER_TRANSACTION = 100
const KEYS = 5_000
const EVENTS = SECONDS * PER_SECOND

let server: PostgresServer
let store: PostgresStore
beforeAll(async () => {
  server = await startPostgres()
  store = new PostgresStore({ url: server.url })
  await migrate(store)
  await store.query('create table effect (number bigint generated always as identity, key text, n integer)')
})
afterAll(async () => {
  await store.close()
  await server.stop()
})

const orders = defineTopic('orders', {
  source: '/orders',
  types: { numbered: { schema: { parse: (input) => input as { n: number } } } },
})
const shipping: Parameters<typeof consume<typeof orders.types>>[1] = {
  group: 'shipping',
  topic: orders,
  handle: async ({ key, data }, transaction) => {
    await transaction.query('insert into effect (key, n) values ($1, $2)', [key, data.n])
  },
}

/** At most ten thousand a second, so many as four lanes get done; resolves to how many seconds that took. */
async function publishSpike(): Promise<number> {
  const startedAt = performance.now()
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < EVENTS) {
      const first = next
      next += PER_TRANSACTION
      await pause(startedAt + (1_000 * first) / PER_SECOND - performance.now())
      const events = Array.from({ length: PER_TRANSACTION }, (_, index) => ({
        type: 'numbered' as const,
        key: `k${(first + index) % KEYS}`,
        data: { n: first + index },
      }))
      await store.transaction((transaction) => publish(transaction, orders, events))
    }
  }
  await Promise.all(Array.from({ length: 4 }, lane))
  return (performance.now() - startedAt) / 1_000
}

test(
  `${EVENTS} events, up to 10,000 a second, while the consumers are down: all are drained, once and in the order of their keys`,
  { timeout: 600_000 },
  async () => {
    // The group is known, and nobody of it is there.
    const before = await consume(store, shipping)
    await before.close()
    const spikeSeconds = await publishSpike()
    const handled = async (): Promise<number> =>
      (await store.query<{ count: number }>('select count(*)::integer as count from effect')).rows[0]!.count
    expect(await handled()).toBe(0)

    const drainedFrom = performance.now()
    const consumers = await Promise.all([consume(store, shipping), consume(store, shipping)])
    await expect.poll(handled, { timeout: 500_000, interval: 200 }).toBe(EVENTS)
    const drainSeconds = (performance.now() - drainedFrom) / 1_000
    const { rows } = await store.query<{ lost: number; twice: number; disordered: number }>(
      `select $1::integer - count(distinct n)::integer as lost, (count(*) - count(distinct n))::integer as twice,
        (select count(*) from (select n < lag(n) over (partition by key order by number) as is_late from effect) as one
          where is_late)::integer as disordered
      from effect`,
      [EVENTS],
    )
    console.log(
      `${EVENTS} events published in ${spikeSeconds.toFixed(1)} s (${Math.round(EVENTS / spikeSeconds)} a second), drained in ${drainSeconds.toFixed(1)} s ` +
        `(${Math.round(EVENTS / drainSeconds)} a second): ${rows[0]!.lost} lost, ${rows[0]!.twice} duplicate effects`,
    )
    expect(rows[0]).toEqual({ lost: 0, twice: 0, disordered: 0 })
    for (const consumer of consumers) await consumer.close()
  },
)
