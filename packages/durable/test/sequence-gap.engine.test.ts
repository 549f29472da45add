import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../src/migrations/migrate.js'
import { publish } from '../src/outbox/publish.js'
import { outboxStatus } from '../src/outbox/queries/outbox-status.js'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'
import { seededRandom } from '@watertight/policy/testing'
import { drain, Scene } from './scene.js'
import { startPostgres, type PostgresServer } from './servers/postgres-server.js'

let server: PostgresServer
let store: PostgresStore
beforeAll(async () => {
  server = await startPostgres()
  store = new PostgresStore({ url: server.url })
  await migrate(store)
  await store.query('create schema effects')
  await store.query(
    'create table effects.entry (number integer generated always as identity, topic text, name text)',
  )
})
afterAll(async () => {
  await store.close()
  await server.stop()
})

async function begin(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  await client.query('begin')
  return client
}

const end = async (client: pg.Client, how: 'commit' | 'rollback'): Promise<void> => {
  await client.query(how)
  await client.end()
}

test('an event whose transaction commits late is read after others, and never skipped', async () => {
  const it = new Scene({ store }, 'late-commit')
  const member = await it.member()
  const late = await begin()
  await publish(late, it.topic, { type: 'numbered', key: 'late', data: { n: 1 } })
  await it.publish(['early', 2])
  await drain(member)
  // Nothing yet: what has a higher number is there, but the one before it may still come.
  expect(await it.effects()).toEqual([])
  await end(late, 'commit')
  await drain(member)
  expect((await it.effects()).toSorted()).toEqual(['early:2', 'late:1'])
})

test('a transaction that stays open holds back what is read, and the metric tells for how long', async () => {
  const it = new Scene({ store }, 'held-back')
  const heldBackMs = async (): Promise<number> => (await outboxStatus(store)).heldBackMs
  await expect.poll(heldBackMs).toBe(0)
  const open = await begin()
  await open.query('select pg_current_xact_id()')
  await it.publish(['a', 1])
  await expect.poll(heldBackMs).toBeGreaterThan(50)
  await end(open, 'commit')
  await expect.poll(heldBackMs).toBe(0)
})

test('the oldest event of all partitions tells how old the outbox is', async () => {
  const it = new Scene({ store }, 'aged')
  await it.publish(['a', 1], ['b', 2], ['c', 3], ['d', 4], ['e', 5])
  await store.query(
    `update watertight.outbox set published_at = now() - interval '1 hour' where topic = 'aged' and key = 'c'`,
  )
  const { ageMs } = await outboxStatus(store)
  expect(ageMs).toBeGreaterThan(3_599_000)
  expect(ageMs).toBeLessThan(3_700_000)
})

test('whoever publishes many keys locks them in their order, and none before its turn: nobody waits in a circle', async () => {
  const it = new Scene({ store }, 'many-keys')
  const keys = Array.from({ length: 30 }, (_, n) => `k${String(n).padStart(2, '0')}`)
  await it.publish(...keys.map((key, n) => [key, n] as const))
  const holder = await begin()
  await publish(holder, it.topic, { type: 'numbered', key: keys[0]!, data: { n: 0 } })
  const waiting = it.publish(...keys.toReversed().map((key, n) => [key, n] as const))
  const waits = async (): Promise<number> =>
    (await store.query(`select from pg_stat_activity where wait_event_type = 'Lock' and state = 'active'`))
      .rows.length
  await expect.poll(waits, { timeout: 20_000 }).toBe(1)
  const free = await begin()
  const { rows } = await free.query(
    `select from watertight.outbox_key where topic = $1 and key > $2 for update skip locked`,
    [it.topic.name, keys[0]],
  )
  expect(rows).toHaveLength(29)
  await end(free, 'rollback')
  await end(holder, 'commit')
  await waiting
})

test('of one key the later commit is handled later, although its transaction is the older one', async () => {
  const it = new Scene({ store }, 'older-transaction')
  const older = await begin()
  await older.query('select pg_current_xact_id()')
  await it.publish(['a', 1])
  await publish(older, it.topic, { type: 'numbered', key: 'a', data: { n: 2 } })
  await end(older, 'commit')
  await it.publish(['a', 3])
  await drain(await it.member({ batchMax: 1 }))
  expect(await it.effects()).toEqual(['a:1', 'a:2', 'a:3'])
})

test('however transactions overlap, commit and roll back, every committed event is handled once and in order', async () => {
  const seed = Number(process.env['WATERTIGHT_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const random = seededRandom(seed)
  const it = new Scene({ store }, 'overlap')
  const member = await it.member({ batchMax: 5 })
  const open: { client: pg.Client; events: string[]; keys: Set<string> }[] = []
  const expected: string[] = []
  const finish = async (index: number): Promise<void> => {
    const [ended] = open.splice(index, 1)
    if (ended === undefined) return
    const how = random() < 0.3 ? 'rollback' : 'commit'
    await end(ended.client, how)
    if (how === 'commit') expected.push(...ended.events)
  }
  for (let n = 0; n < 150; n += 1) {
    if (open.length < 6 && random() < 0.5) open.push({ client: await begin(), events: [], keys: new Set() })
    const transaction = open[Math.floor(random() * open.length)]
    const key = `k${Math.floor(random() * 8)}`
    // A key that another transaction holds would make this one wait for it, and this test with it.
    const isHeld = open.some((other) => other !== transaction && other.keys.has(key))
    if (transaction !== undefined && !isHeld) {
      await publish(transaction.client, it.topic, { type: 'numbered', key, data: { n } })
      transaction.keys.add(key)
      transaction.events.push(`${key}:${n}`)
    }
    if (random() < 0.3) await finish(Math.floor(random() * open.length))
    if (random() < 0.3) await member.round()
  }
  while (open.length > 0) await finish(0)
  await drain(member)
  const effects = await it.effects()
  const replay = `WATERTIGHT_SEED=${seed}`
  expect({ replay, effects: effects.toSorted() }).toEqual({ replay, effects: expected.toSorted() })
  for (let key = 0; key < 8; key += 1) {
    const of = (entries: readonly string[]): string[] =>
      entries.filter((entry) => entry.startsWith(`k${key}:`))
    expect({ replay, effects: of(effects) }).toEqual({ replay, effects: of(expected) })
  }
})
