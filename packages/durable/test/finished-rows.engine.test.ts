import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cleanUpChoreographies } from '../src/choreography/clean-up.js'
import { beginStep } from '../src/choreography/queries/begin-step.js'
import { endStep } from '../src/choreography/queries/end-step.js'
import { forbidStep } from '../src/choreography/queries/forbid-step.js'
import {
  findMonitored,
  listMonitored,
  lockMonitored,
  stuckMonitored,
  writeMonitored,
} from '../src/choreography/queries/monitored-row.js'
import { cleanUpEvents } from '../src/events/clean-up.js'
import { consumerLag } from '../src/events/queries/consumer-lag.js'
import { PostgresIdempotencyStore } from '../src/idempotency/postgres/postgres-idempotency-store.js'
import { migrate } from '../src/migrations/migrate.js'
import { outboxStatus } from '../src/outbox/queries/outbox-status.js'
import { openSagaEngine, saga } from '../src/saga/index.js'
import { deleteEndedSagas } from '../src/saga/queries/delete-ended-sagas.js'
import { lookForSagas } from '../src/saga/queries/look-for-sagas.js'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'
import type { Store } from '../src/store/store.js'
import { countingPages, type PagesRead } from './pages-read.js'
import { drain, Scene } from './scene.js'
import { type PostgresServer, startPostgres } from './servers/postgres-server.js'

/** In each table. `WATERTIGHT_ROWS=1000000` is what the documentation speaks of; every change is tried with fewer. */
const ROWS = Number(process.env['WATERTIGHT_ROWS'] ?? 50_000)
/** Fewer than it takes to read any of the tables, and more than any index is deep. */
const PAGES_MAX = 250
const CLEANED = 20

let server: PostgresServer
let store: PostgresStore
beforeAll(async () => {
  // Vacuum comes when it is asked for.
  server = await startPostgres({ fsync: 'off', autovacuum: 'off' })
  store = new PostgresStore({ url: server.url, queryDeadlineMs: 300_000 })
  await migrate(store)
  await store.query('create schema effects')
  await store.query(
    'create table effects.entry (number integer generated always as identity, topic text, name text)',
  )
  const scene = new Scene({ store }, 'orders')
  const member = await scene.member()
  await scene.publish(['a', 1])
  await drain(member)
  await member.leave()
  await fill('orders')
}, 600_000)
afterAll(async () => {
  await store.close()
  await server.stop()
})

const placeOrder = saga('place-order')
  .step('reserve', { run: () => 'done', compensate: () => {} })
  .sleep('pause', '1ms')
  .step('ship', { run: () => 'done', compensate: () => {} })
  .build()

/** Events that were handled long ago, keys of requests, and sagas, in the shape in which they are left behind. */
async function fill(topic: string): Promise<void> {
  const statements = [
    `insert into watertight.outbox (topic, partition, transaction, event_id, key, type, version, source, occurred_at,
       published_at, data)
     select $2, n % 16, 1, 'done-' || n, 'k' || n, 'numbered', 1, '/test', now(), now() - interval '30 days', '{"n": 1}'
     from generate_series(1, $1::integer) as n`,
    `insert into watertight.outbox_key (topic, key, transaction)
     select $2, 'k' || n, 1 from generate_series(1, $1::integer) as n`,
    `insert into watertight.inbox (group_name, topic, event_id, received_at)
     select 'group', $2, 'done-' || n, now() - interval '30 days' from generate_series(1, $1::integer) as n`,
    `insert into watertight.idempotency (id, fingerprint, claimant, epoch, lease_until, expires_at, answer)
     select 'done-' || n || left($2, 0), 'f', 'c', 1, null, now() - interval '1 day', '{}'
     from generate_series(1, $1::integer) as n`,
    `insert into watertight.saga (id, name, version, key, status, waits_for, state, ended_at)
     select 'done-' || n || left($2, 0), 'place-order', 1, 'k' || n % 1000, 'done', '', '{}', now() - interval '3 days'
     from generate_series(1, $1::integer) as n`,
    `insert into watertight.choreography (name, id, status, waits_for, timeline, moved_at)
     select 'c' || n % 3 || left($2, 0), 'done-' || n, 'done', '{}', '[]', now() - interval '30 days'
     from generate_series(1, $1::integer) as n`,
    `insert into watertight.choreography_step (choreography, id, step, state, result, updated_at)
     select 'c' || n % 3 || left($2, 0), 'done-' || n, 'reserve', 'done', '1', now() - interval '100 days'
     from generate_series(1, $1::integer) as n`,
  ]
  for (const statement of statements) await store.query(statement, [ROWS, topic])
  await store.query(
    `update watertight.consumer_position set transaction = 1, id = 1e15 where transaction < 1`,
  )
  await store.query('vacuum analyze')
}

/** A step that is done and undone, and what a monitor does of it. */
async function workOnChoreography(counting: Store): Promise<void> {
  const place = { choreography: 'c1', id: 'new', step: 'reserve' }
  await counting.transaction(async (transaction) => {
    expect(await beginStep(transaction, place)).toBe(true)
    await endStep(transaction, place, { state: 'done', result: 1 })
    expect(await forbidStep(transaction, place)).toEqual({ result: 1 })
    const row = await lockMonitored(transaction, 'c1', 'new')
    await writeMonitored(transaction, 'c1', { ...row, waitsFor: ['charge'] })
  })
  expect(await findMonitored(counting, 'c1', 'new')).toMatchObject({ waitsFor: ['charge'] })
  expect(await listMonitored(counting, 'c1', { status: null, limit: 10 })).toHaveLength(10)
  expect(await stuckMonitored(counting, 'c1', { afterMs: 0, limit: 10 })).toHaveLength(1)
}

async function workOnEvents(counting: Store): Promise<void> {
  const scene = new Scene({ store: counting }, 'orders')
  const member = await scene.member()
  const known = (await scene.effects()).length
  await scene.publish(['a', 2], ['b', 3])
  await scene.publish([null, 4])
  await drain(member)
  await member.leave()
  expect(await scene.effects()).toHaveLength(known + 3)
  expect(await consumerLag(counting)).toMatchObject([{ events: 0 }])
}

async function workOnRequest(counting: Store, id: string): Promise<void> {
  const keys = new PostgresIdempotencyStore({ store: counting })
  const terms = {
    fingerprint: 'f',
    claimant: 'c',
    leaseMs: 1_000,
    expiryMs: 60_000,
    onTakeover: 'rerun',
  } as const
  const claimed = await keys.claim({ ...terms, id })
  expect(claimed.kind).toBe('new')
  if ('claim' in claimed)
    await keys.finish(claimed.claim, { status: 200, headers: [], body: Buffer.from('') })
}

async function workOnSaga(counting: Store): Promise<void> {
  const engine = await openSagaEngine({ store: counting, sagas: [placeOrder], pollMs: 20 })
  const { outcome } = await engine.start(placeOrder, { id: 'new', key: 'k-new', input: null })
  expect(await outcome()).toMatchObject({ status: 'done' })
  expect(await engine.find('new')).toMatchObject({ status: 'done' })
  for (const query of [{ status: 'done', limit: 10 }, { key: 'k-new' }, {}] as const) await engine.list(query)
  await engine.close()
}

/** A worker that looks for sagas to go on with, the places of one dependency being free. */
const look = {
  worker: randomUUID(),
  definitions: [{ name: 'place-order', version: 1 }],
  places: new Map([['payment', { first: 5, all: 10, again: 1 }]]),
}

const heavy = (pages: Iterable<readonly [string, number]>): unknown[] =>
  [...pages].filter(([, read]) => read > PAGES_MAX)

test(
  `with ${ROWS} finished rows in every table, no statement reads more than what it is about`,
  { timeout: 600_000 },
  async () => {
    const pages: PagesRead = new Map()
    const counting = countingPages(store, pages)
    await workOnEvents(counting)
    await outboxStatus(counting)
    await workOnRequest(counting, 'new')
    await workOnChoreography(counting)
    await workOnSaga(counting)
    const needed = [...pages]

    pages.clear()
    const cleaned = await cleanUpEvents(counting, { rowsMax: CLEANED })
    expect(cleaned).toMatchObject({ events: CLEANED, inbox: CLEANED })
    expect(await new PostgresIdempotencyStore({ store: counting }).clean(CLEANED)).toBe(CLEANED)
    expect(await deleteEndedSagas(counting, 1_000, CLEANED)).toBe(CLEANED)
    const over = await cleanUpChoreographies(counting, { rowsMax: CLEANED })
    expect(over).toEqual({ ended: CLEANED, steps: CLEANED })
    console.log(
      `${ROWS} rows in each table: ${needed.length} statements of work read ${Math.max(...needed.map(([, read]) => read))} ` +
        `pages at the most, ${pages.size} of clean-up ${Math.max(...pages.values())} for ${CLEANED} rows`,
    )
    expect(heavy([...needed, ...pages])).toEqual([])
    expect(needed.length).toBeGreaterThan(15)
  },
)

test(
  `${ROWS} rows of every table were deleted, and no vacuum has come yet: who publishes, handles, claims or looks for work wades through none`,
  { timeout: 600_000 },
  async () => {
    for (const [table, condition] of [
      ['outbox', 'transaction = 1'],
      ['outbox_key', 'transaction = 1'],
      ['inbox', `event_id like 'done-%'`],
      ['idempotency', `id like 'done-%'`],
      ['saga', `id like 'done-%'`],
    ] as const) {
      await store.query(`delete from watertight.${table} where ${condition}`)
      await store.query(`analyze watertight.${table}`)
    }
    const pages: PagesRead = new Map()
    const counting = countingPages(store, pages)
    await workOnEvents(counting)
    await workOnRequest(counting, 'later')
    expect((await lookForSagas(counting, look)).claimed).toEqual([])
    console.log(`${ROWS} dead rows in each table: ${Math.max(...pages.values())} pages at the most`)
    expect(heavy(pages)).toEqual([])
    expect(pages.size).toBeGreaterThan(12)
  },
)

test('an outage has left a backlog: who looks for sagas reads those that it takes, and not the whole table', async () => {
  await store.query(
    `insert into watertight.saga (id, name, version, status, waits_for, state, due_at)
    select 'waiting-' || n, 'place-order', 1, 'running', 'payment', '{}', now() - n % 2 * interval '100 years'
    from generate_series(1, ${ROWS}) as n`,
  )
  await store.query('vacuum analyze watertight.saga')
  const pages: PagesRead = new Map()
  expect((await lookForSagas(countingPages(store, pages), look)).claimed).toHaveLength(10)
  console.log(`${ROWS} sagas that wait: ${[...pages.values()].join()} pages read to take 10`)
  expect(heavy(pages)).toEqual([])
})
