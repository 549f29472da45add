import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { readManifest } from '@watertight/manifest'
import { openCache } from '../../src/cache/open-cache.js'
import { openServiceIdempotencyStore } from '../../src/document/open-service-idempotency-store.js'
import { openServiceStore } from '../../src/document/open-service-store.js'
import type { ClaimRequest, IdempotencyStore } from '../../src/idempotency/idempotency-store.js'
import { openIdempotencyStore } from '../../src/idempotency/open-idempotency-store.js'
import { PostgresIdempotencyStore } from '../../src/idempotency/postgres/postgres-idempotency-store.js'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import { migrate } from '../../src/migrations/migrate.js'
import { startConnectionCutter } from '../servers/connection-cutter.js'
import { startPgbouncer, type PgbouncerServer } from '../servers/pgbouncer-server.js'
import { startPostgres, type PostgresServer } from '../servers/postgres-server.js'
import { startRedis, startSentinel, type RedisServer } from '../servers/redis-server.js'
import { holdRoundTrips } from './hold-round-trips.js'
import { lyingClockContract } from './lying-clock-contract.js'
import { idempotencyStoreContract } from './store-contract.js'

let postgres: PostgresServer
let pooler: PgbouncerServer
let redis: RedisServer
let replica: RedisServer
let sentinel: RedisServer
beforeAll(async () => {
  postgres = await startPostgres()
  pooler = await startPgbouncer(postgres.port)
  redis = await startRedis()
  replica = await startRedis(redis.port)
  sentinel = await startSentinel(redis.port)
})
afterAll(async () => {
  await pooler.stop()
  await postgres.stop()
  await sentinel.stop()
  await replica.stop()
  await redis.stop()
})

idempotencyStoreContract('Postgres', () => openIdempotencyStore(postgres.url))
idempotencyStoreContract('Postgres behind PgBouncer', async () => {
  const store = new PostgresStore({ url: pooler.url, listenUrl: false })
  await migrate(store)
  return new PostgresIdempotencyStore({ store, closesStore: true })
})
idempotencyStoreContract('Redis', () => openIdempotencyStore(redis.url))
lyingClockContract('Redis', () => openIdempotencyStore(redis.url))
lyingClockContract('Postgres', () => openIdempotencyStore(postgres.url))
idempotencyStoreContract('Redis through Sentinel, with a copy on a replica', () =>
  openIdempotencyStore(sentinel.url, { replicas: 1 }),
)

test('a sentinel that wants a password of its own lets in whoever has it, and who has not is told why', async () => {
  const guarded = await startSentinel(redis.port, { password: 'sesame' })
  onTestFinished(() => guarded.stop())
  const claim: ClaimRequest = {
    id: 'guarded',
    fingerprint: 'f',
    leaseMs: 10_000,
    expiryMs: 10_000,
    claimant: 'one',
    onTakeover: 'conflict',
  }
  const store = await openIdempotencyStore(`${guarded.url}?sentinelPassword=sesame`)
  onTestFinished(() => store.close())
  expect(await store.claim(claim)).toMatchObject({ kind: 'new' })
  const stranger = await openIdempotencyStore(guarded.url)
  onTestFinished(() => stranger.close())
  await expect(stranger.claim(claim)).rejects.toThrow(/NOAUTH.*; sentinels .*[?]sentinelPassword=/)
})

test('a request with a key costs a real Postgres two round trips, a transaction that finishes it two more', async () => {
  const wire = await startConnectionCutter(await postgres.createDatabase('round_trips'))
  const store = new PostgresStore({ url: wire.url })
  await migrate(store)
  const taken = (): number => {
    const { statements } = wire
    wire.cutNext('nowhere')
    return statements
  }
  await expect(holdRoundTrips({ store, taken })).resolves.toBeUndefined()
  await store.close()
  await wire.close()
})

test('keys are where the document has them: in the database of the service, with copies of answers in Redis', async () => {
  const text = `watertight: v1
system: shop
stores: { payments: { env: PAYMENTS_URL }, answers: { env: ANSWERS_URL } }
services: { payment: { store: payments, idempotency: { cache: answers } } }
`
  const { model } = readManifest(text, 'watertight.yaml').system!
  const environment = { PAYMENTS_URL: postgres.url, ANSWERS_URL: redis.url }
  const store = openServiceStore(model, { service: 'payment', environment })
  await migrate(store)
  const keys = await openServiceIdempotencyStore(model, { service: 'payment', store, environment })
  const answers = await openCache(redis.url)
  const request = claiming('by-document', 'a')
  const claimed = await keys.claim(request)
  if (!('claim' in claimed)) throw new Error(`it was not new: ${claimed.kind}`)
  const answer = { status: 201, headers: [], body: Buffer.from('charged') }
  await store.transaction((transaction) => keys.finishWithin!(transaction, claimed.claim, answer))
  // Whether it is committed is known from the first replay on.
  expect(await answers.get('idempotency:by-document')).toBeUndefined()
  expect((await keys.claim(request)).kind).toBe('replay')
  await expect.poll(() => answers.get('idempotency:by-document')).toContain('"fingerprint":"a"')
  await Promise.all([keys.close(), answers.close()])
  await store.close()
})

/** A store in Redis that asks for one replica more than there is, and one that asks for none. */
async function withoutReplica(): Promise<{ lonely: IdempotencyStore; plain: IdempotencyStore }> {
  const lonely = await openIdempotencyStore(redis.url, { replicas: 2 })
  const plain = await openIdempotencyStore(redis.url)
  onTestFinished(async () => {
    await lonely.close()
    await plain.close()
  })
  return { lonely, plain }
}

const lonely = { code: 'WT_IDEMPOTENCY_REPLICATION' }
const claiming = (id: string, claimant: string, change: Partial<ClaimRequest> = {}): ClaimRequest => ({
  id,
  fingerprint: 'a',
  claimant,
  leaseMs: 60_000,
  expiryMs: 60_000,
  onTakeover: 'rerun',
  ...change,
})

test('while a replica is away, a claim in Redis is refused and nothing stays of it: its key runs once the replica is back', async () => {
  const stores = await withoutReplica()
  for (const onTakeover of ['rerun', 'conflict'] as const) {
    const id = `lonely ${onTakeover}`
    await expect(stores.lonely.claim(claiming(id, 'one', { onTakeover }))).rejects.toMatchObject(lonely)
    const other = claiming(id, 'two', { onTakeover, fingerprint: 'b' })
    expect((await stores.plain.claim(other)).kind).toBe('new')
  }
})

test('while a replica is away, a takeover in Redis is refused, and it is not forgotten that the first may have got somewhere', async () => {
  const stores = await withoutReplica()
  const id = 'lonely takeover'
  const first = await stores.plain.claim(claiming(id, 'one'))
  if (!('claim' in first)) throw new Error(`it was not new: ${first.kind}`)
  await stores.plain.renew(first.claim, 0)
  await expect(stores.lonely.claim(claiming(id, 'two'))).rejects.toMatchObject(lonely)
  expect((await stores.plain.claim(claiming(id, 'three', { onTakeover: 'conflict' }))).kind).toBe('unknown')
  expect((await stores.plain.claim(claiming(id, 'four'))).kind).toBe('takeover')
})

test('an answer in Redis counts only once its replicas have it', async () => {
  const stores = await withoutReplica()
  const claimed = await stores.plain.claim(claiming('lonely answer', 'one'))
  if (!('claim' in claimed)) throw new Error(`it was not new: ${claimed.kind}`)
  const answer = { status: 201, headers: [], body: Buffer.from('charged') }
  await expect(stores.lonely.finish(claimed.claim, answer)).rejects.toMatchObject(lonely)
  // Said again it does no harm, and counts once they are back.
  expect(await stores.plain.finish(claimed.claim, answer)).toBe(true)
})

test('a key of Redis is gone once it has expired', async () => {
  const store = await openIdempotencyStore(redis.url)
  const short = claiming('short', 'a', { leaseMs: 20, expiryMs: 20 })
  await store.claim(short)
  const other = { ...short, claimant: 'b', fingerprint: 'b' }
  await expect.poll(async () => (await store.claim(other)).kind, { interval: 5 }).toBe('new')
  await store.close()
})

test('a claim that a Postgres does not answer in time gives its connection back', async () => {
  const url = await postgres.createDatabase('hung')
  const store = new PostgresStore({ url, connectionsMax: 1, listenUrl: false })
  const other = new PostgresStore({ url, listenUrl: false })
  await migrate(store)
  const keys = new PostgresIdempotencyStore({ store })
  await other.transaction(async (transaction) => {
    await transaction.query('lock table watertight.idempotency in access exclusive mode')
    const late = keys.claim(claiming('hung', 'a', { deadlineMs: 100 }))
    await expect(late).rejects.toMatchObject({ code: 'WT_STORE_DEADLINE' })
    expect((await store.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  })
  await store.close()
  await other.close()
})
