import { afterAll, beforeAll, expect, test } from 'vitest'
import { consume } from '../../src/events/consume.js'
import { PostgresIdempotencyStore } from '../../src/idempotency/postgres/postgres-idempotency-store.js'
import { migrate } from '../../src/migrations/migrate.js'
import { readMigrations } from '../../src/migrations/read-migrations.js'
import { publish } from '../../src/outbox/publish.js'
import { defineReadModel } from '../../src/read-model/read-model.js'
import { serveReadModel } from '../../src/read-model/serve-read-model.js'
import { openSagaEngine, saga } from '../../src/saga/index.js'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import type { Store } from '../../src/store/store.js'
import { Scene } from '../scene.js'
import { type PostgresServer, startPostgres } from '../servers/postgres-server.js'
import { ofEarlierVersion } from './of-earlier-version.js'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(async () => {
  await server.stop()
})

const migrations = await readMigrations()
/** The migrations that brought consumers, sagas, keys of requests and read models. */
const CONSUMERS = 2
const SAGAS = 3
const KEYS = 4
const READ_MODELS = 5

const terms = {
  fingerprint: 'f',
  claimant: 'c',
  leaseMs: 30_000,
  expiryMs: 600_000,
  onTakeover: 'rerun',
} as const
const answer = { status: 201, headers: [], body: Buffer.from('done') }

const steps = new Map<string, number>()
const count = ({ key }: { readonly key: string }): void => void steps.set(key, (steps.get(key) ?? 0) + 1)
const placeOrder = saga('place-order')
  .step('reserve', { run: count, compensate: () => {} })
  .sleep('pause', '30ms')
  .step('ship', { run: count, compensate: () => {} })
  .build()

/** Everything that a release of that time has at work: it publishes all the time, and consumes and runs sagas if it knows how. */
async function workers(store: Store, it: Scene, number: number) {
  const consumer =
    number < CONSUMERS
      ? undefined
      : await consume(store, {
          group: 'group',
          topic: it.topic,
          pollMs: 5,
          handle: async ({ key, data }, transaction) => {
            await it.effect(transaction, `${key}:${data.n}`)
          },
        })
  const engine = number < SAGAS ? undefined : await openSagaEngine({ store, sagas: [placeOrder], pollMs: 10 })
  const keys = number < KEYS ? undefined : new PostgresIdempotencyStore({ store })
  const served = number < READ_MODELS ? undefined : await serveReadModel(store, latestOf(it), { pollMs: 10 })
  return {
    place: async (n: number): Promise<void> => {
      await store.transaction(async (transaction) => {
        const key = `k${n % 5}`
        await publish(transaction, it.topic, { type: 'numbered', key, data: { n } })
        await engine?.startIn(transaction, placeOrder, { id: `${it.topic.name}-${n}`, input: null })
      })
      const claimed = await keys?.claim({ ...terms, id: `key-${n}` })
      if (claimed === undefined) return
      if (!('claim' in claimed)) throw new Error(`key-${n} is ${claimed.kind}, and was new`)
      expect(await keys?.finish(claimed.claim, answer)).toBe(true)
    },
    stop: async (): Promise<void> => {
      await consumer?.close()
      await engine?.close()
      await served?.close()
      await keys?.close()
    },
  }
}

/** The last number of each key. */
const latestOf = (it: Scene) =>
  defineReadModel('latest', {
    topic: it.topic,
    columns: { key: 'text', n: 'integer' },
    key: 'key',
    project: ({ key, data }) => ({ key, n: data.n }),
  })

/** It adds a column, for which it waits until nobody writes. */
const LOCKS_OUTBOX = '0011-published-at'

test('a transaction that has published stays open: a database moves up once it ends, and others publish meanwhile', async () => {
  const url = await server.createDatabase('held')
  const [store, holder] = [new PostgresStore({ url }), new PostgresStore({ url })]
  const { number } = migrations.find(({ name }) => name === LOCKS_OUTBOX)!
  await migrate(store, { to: number - 1 })
  const it = new Scene({ store }, 'held')
  let publishHeld = (): void => {}
  let onPublished = (): void => {}
  const published = new Promise<void>((resolve) => (onPublished = resolve))
  const holding = holder.transaction(async (transaction) => {
    await publish(transaction, it.topic, { type: 'numbered', key: 'held', data: { n: 1 } })
    await transaction.query('select 1')
    onPublished()
    await new Promise<void>((resolve) => (publishHeld = resolve))
  })
  await published
  const migrating = migrate(store)
  const waits = async (): Promise<number> =>
    (await holder.query(`select 1 from pg_locks where mode = 'AccessExclusiveLock' and not granted`)).rows
      .length
  await expect.poll(waits, { interval: 5, timeout: 30_000 }).toBe(1)
  await it.publish(['other', 2])
  publishHeld()
  await holding
  expect((await migrating).pending).toEqual([])
  await Promise.all([store.close(), holder.close()])
})

test.each(migrations.slice(0, -1).map(({ name, number }) => [name, number] as const))(
  'from %s a database moves up while workers of that time are at work and those of today join: nothing is lost or done twice',
  async (name, number) => {
    const store = new PostgresStore({ url: await server.createDatabase(name) })
    await migrate(store, { to: number })
    await store.query('create schema effects')
    await store.query(
      'create table effects.entry (number integer generated always as identity, topic text, name text)',
    )
    const it = new Scene({ store }, name)
    const old = await workers(ofEarlierVersion(store, number), it, number)
    let placed = 0
    const over = new AbortController()
    const placing = (async () => {
      for (; !over.signal.aborted; placed += 1) await old.place(placed)
    })()
    const more = async (): Promise<void> => {
      const before = placed
      await expect.poll(() => placed - before, { interval: 5, timeout: 30_000 }).toBeGreaterThan(20)
    }
    await more()
    await migrate(store)
    await more()
    const today = await workers(store, it, migrations.length)
    await more()
    over.abort()
    await placing
    await old.stop()
    for (let n = 0; n < 5; n += 1) await today.place(placed + n)

    const effects = async (): Promise<number> => (await it.effects()).length
    await expect.poll(effects, { timeout: 30_000 }).toBe(placed + 5)
    const handled = await it.effects()
    expect(new Set(handled).size).toBe(handled.length)
    for (let key = 0; key < 5; key += 1) {
      const numbers = handled.filter((one) => one.startsWith(`k${key}:`)).map((one) => Number(one.slice(3)))
      expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
    }
    const unfinished = async (): Promise<number> => {
      const { rows } = await store.query(`select 1 from watertight.saga where status <> 'done'`)
      return rows.length
    }
    await expect.poll(unfinished, { timeout: 30_000 }).toBe(0)
    const { rows } = await store.query<{ id: string }>('select id from watertight.saga')
    expect(rows).toHaveLength(number < SAGAS ? 5 : placed + 5)
    for (const { id } of rows) expect([steps.get(`${id}.reserve`), steps.get(`${id}.ship`)]).toEqual([1, 1])

    const keys = new PostgresIdempotencyStore({ store })
    for (const n of number < KEYS ? [placed] : [0, placed - 1, placed])
      expect(await keys.claim({ ...terms, id: `key-${n}` })).toMatchObject({
        kind: 'replay',
        answer: { status: 201 },
      })
    await keys.close()
    const latest = async (): Promise<number[]> => {
      const { rows: read } = await store.query<{ n: number }>('select n from watertight.latest')
      return read.map(({ n }) => n).toSorted((one, other) => one - other)
    }
    await expect.poll(latest, { timeout: 30_000 }).toEqual([0, 1, 2, 3, 4].map((n) => placed + n))
    await today.stop()
    await store.close()
  },
)
