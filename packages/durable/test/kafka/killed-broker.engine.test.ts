import { afterAll, beforeAll, expect, test } from 'vitest'
import { openKafka } from '../../src/brokers/kafka/kafka-broker.js'
import { relayEvents } from '../../src/brokers/relay/relay-events.js'
import { consume } from '../../src/events/consume.js'
import { migrate } from '../../src/migrations/migrate.js'
import { publish } from '../../src/outbox/publish.js'
import { defineTopic } from '../../src/outbox/topic.js'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import { type KafkaServer, startKafka } from '../servers/kafka-server.js'
import { type PostgresServer, startPostgres } from '../servers/postgres-server.js'

let server: PostgresServer
let kafka: KafkaServer
beforeAll(async () => {
  server = await startPostgres()
  kafka = await startKafka()
}, 120_000)
afterAll(async () => {
  await kafka.stop()
  await server.stop()
})

const orders = defineTopic('orders', {
  source: '/orders',
  types: { numbered: { schema: { parse: (input) => input as { n: number } } } },
})
const EVENTS = 4_000
const KEYS = 40
const KILLED_AT = [1_000, 2_500]

test(
  'a broker is killed and started again, twice under load: nothing acknowledged is lost, no effect comes twice',
  { timeout: 400_000 },
  async () => {
    const store = new PostgresStore({ url: server.url })
    await migrate(store)
    await store.query(
      'create table effect (number integer generated always as identity, key text, n integer)',
    )
    const broker = await openKafka({ url: kafka.url, deadlineMs: 2_000 })
    const failures: unknown[] = []
    const onError = (error: unknown): void => void failures.push(error)
    const relays = [0, 1].map(() => relayEvents(store, { topics: [orders], to: broker, onError, pollMs: 20 }))
    const handle: Parameters<typeof consume<typeof orders.types>>[1]['handle'] = async (
      event,
      transaction,
    ) => {
      await transaction.query('insert into effect (key, n) values ($1, $2)', [event.key, event.data.n])
    }
    const consumers = [0, 1].map(() =>
      consume(store, { group: 'shipping', topic: orders, broker, handle, onError, pollMs: 20 }),
    )
    let acknowledged = 0
    for (let n = 0; n < EVENTS; n += 10) {
      if (KILLED_AT.includes(n)) await kafka.kill()
      if (KILLED_AT.includes(n - 500)) await kafka.start()
      const events = Array.from({ length: 10 }, (_, index) => ({
        type: 'numbered' as const,
        key: `k${(n + index) % KEYS}`,
        data: { n: n + index },
      }))
      await store.transaction((transaction) => publish(transaction, orders, events))
      acknowledged += events.length
    }
    const handled = async (): Promise<number> =>
      (await store.query<{ count: number }>('select count(distinct n)::integer as count from effect')).rows[0]
        ?.count ?? 0
    await expect.poll(handled, { timeout: 120_000, interval: 250 }).toBe(acknowledged)
    const { rows } = await store.query<{ key: string; n: number }>(
      'select key, n from effect order by number',
    )
    const duplicates = rows.length - new Set(rows.map(({ n }) => n)).size
    console.log(
      `broker killed ${KILLED_AT.length} times: ${acknowledged} acknowledged, ${acknowledged - (await handled())} lost, ` +
        `${duplicates} duplicate effects, ${failures.length} failed tries`,
    )
    expect(duplicates).toBe(0)
    for (let key = 0; key < KEYS; key += 1) {
      const numbers = rows.filter((row) => row.key === `k${key}`).map(({ n }) => n)
      expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
    }
    for (const consumer of await Promise.all(consumers)) await consumer.close()
    for (const relay of await Promise.all(relays)) await relay.close()
    await broker.close()
    await store.close()
  },
)
