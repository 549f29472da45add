import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openKafka } from '../../src/brokers/kafka/kafka-broker.js'
import { relayEvents } from '../../src/brokers/relay/relay-events.js'
import { consume } from '../../src/events/consume.js'
import { migrate } from '../../src/migrations/migrate.js'
import { publish } from '../../src/outbox/publish.js'
import { defineTopic, type Topic } from '../../src/outbox/topic.js'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import { KafkaAndPostgres } from '../servers/kafka-and-postgres.js'

const servers = new KafkaAndPostgres()

const numbered = { numbered: { schema: { parse: (input: unknown) => input as { n: number } } } }
const KEYS = 40

async function openStage(): Promise<PostgresStore> {
  const store = new PostgresStore({ url: servers.postgres.url })
  await migrate(store)
  await store.query(
    'create table if not exists effect (number integer generated always as identity, topic text, key text, n integer)',
  )
  return store
}

/** Publishes so many events of `KEYS` keys, ten in a transaction, and lets something happen before each ten. */
async function publishMany(
  store: PostgresStore,
  {
    topic,
    events,
    before,
  }: { topic: Topic<typeof numbered>; events: number; before: (n: number) => unknown },
): Promise<void> {
  for (let n = 0; n < events; n += 10) {
    await before(n)
    const ten = Array.from({ length: 10 }, (_, index) => ({
      type: 'numbered' as const,
      key: `k${(n + index) % KEYS}`,
      data: { n: n + index },
    }))
    await store.transaction((transaction) => publish(transaction, topic, ten))
  }
}

const countHandled = async (store: PostgresStore, topic: string): Promise<number> =>
  (
    await store.query<{ count: number }>(
      'select count(distinct n)::integer as count from effect where topic = $1',
      [topic],
    )
  ).rows[0]!.count

/** Waits until every event had its effect; then each had it once, and those of a key in their order. */
async function expectOnce(
  store: PostgresStore,
  { what, topic, acknowledged }: { what: string; topic: string; acknowledged: number },
): Promise<void> {
  await expect.poll(() => countHandled(store, topic), { timeout: 120_000, interval: 250 }).toBe(acknowledged)
  const { rows } = await store.query<{ key: string; n: number }>(
    'select key, n from effect where topic = $1 order by number',
    [topic],
  )
  const duplicates = rows.length - new Set(rows.map(({ n }) => n)).size
  console.log(`${what}: ${acknowledged} acknowledged, 0 lost, ${duplicates} duplicate effects`)
  expect(duplicates).toBe(0)
  for (let key = 0; key < KEYS; key += 1) {
    const numbers = rows.filter((row) => row.key === `k${key}`).map(({ n }) => n)
    expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
  }
}

test(
  'a broker is killed and started again, twice under load: nothing acknowledged is lost, no effect comes twice',
  { timeout: 400_000 },
  async () => {
    const store = await openStage()
    const topic = defineTopic('orders', { source: '/orders', types: numbered })
    const broker = await openKafka({ url: servers.kafka.url, deadlineMs: 2_000 })
    const failures: unknown[] = []
    const onError = (error: unknown): void => void failures.push(error)
    const relays = [0, 1].map(() => relayEvents(store, { topics: [topic], to: broker, onError, pollMs: 20 }))
    const handle: Parameters<typeof consume<typeof numbered>>[1]['handle'] = async (event, transaction) => {
      await transaction.query('insert into effect (topic, key, n) values ($1, $2, $3)', [
        'orders',
        event.key,
        event.data.n,
      ])
    }
    const consumers = [0, 1].map(() =>
      consume(store, { group: 'shipping', topic, broker, handle, onError, pollMs: 20 }),
    )
    const killedAt = [1_000, 2_500]
    const before = async (n: number): Promise<void> => {
      if (killedAt.includes(n)) await servers.kafka.kill()
      if (killedAt.includes(n - 500)) await servers.kafka.start()
    }
    await publishMany(store, { topic, events: 4_000, before })
    await expectOnce(store, { what: 'broker killed twice', topic: 'orders', acknowledged: 4_000 })
    expect(failures.length).toBeGreaterThan(0)
    for (const consumer of await Promise.all(consumers)) await consumer.close()
    for (const relay of await Promise.all(relays)) await relay.close()
    await broker.close()
    await store.close()
  },
)

const program = fileURLToPath(new URL('events-process.mjs', import.meta.url))

async function startProcess(role: 'relay' | 'consumer', topic: string): Promise<ChildProcess> {
  const child = fork(program, [
    JSON.stringify({ role, url: servers.postgres.url, kafka: servers.kafka.url, topic }),
  ])
  await once(child, 'message')
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL')
  await once(child, 'exit')
}

test(
  'the relay and the consumer are killed at work, in turn and both: nothing is lost, no effect comes twice, keys keep their order',
  { timeout: 400_000 },
  async () => {
    const store = await openStage()
    const topic = defineTopic('parcels', { source: '/orders', types: numbered })
    let relay = await startProcess('relay', 'parcels')
    let consumer = await startProcess('consumer', 'parcels')
    let published = 0
    const over = new AbortController()
    const publishing = (async () => {
      for (; !over.signal.aborted; published += 100) {
        const ahead = published
        const hundred = Array.from({ length: 100 }, (_, index) => ({
          type: 'numbered' as const,
          key: `k${(ahead + index) % KEYS}`,
          data: { n: ahead + index },
        }))
        await store.transaction((transaction) => publish(transaction, topic, hundred))
        // As much as is read meanwhile: a relay and a consumer at work, not a backlog.
        await pause(100)
      }
    })()
    const more = async (): Promise<void> => {
      const before = await countHandled(store, 'parcels')
      const since = async (): Promise<number> => (await countHandled(store, 'parcels')) - before
      await expect.poll(since, { timeout: 60_000 }).toBeGreaterThan(300)
    }
    for (const killed of [['relay'], ['consumer'], ['relay', 'consumer']]) {
      await more()
      if (killed.includes('relay')) await kill(relay)
      if (killed.includes('consumer')) await kill(consumer)
      if (killed.includes('relay')) relay = await startProcess('relay', 'parcels')
      if (killed.includes('consumer')) consumer = await startProcess('consumer', 'parcels')
    }
    await more()
    over.abort()
    await publishing
    await expectOnce(store, {
      what: 'relay and consumer killed twice each',
      topic: 'parcels',
      acknowledged: published,
    })
    await kill(relay)
    await kill(consumer)
    await store.close()
  },
)
