import { afterAll, beforeAll, expect, test } from 'vitest'
import { readManifest } from '@watertight/manifest'
import { openCache } from '../../src/cache/open-cache.js'
import { openServiceIdempotencyStore } from '../../src/document/open-service-idempotency-store.js'
import { openServiceStore } from '../../src/document/open-service-store.js'
import { openIdempotencyStore } from '../../src/idempotency/open-idempotency-store.js'
import { PostgresIdempotencyStore } from '../../src/idempotency/postgres/postgres-idempotency-store.js'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import { migrate } from '../../src/migrations/migrate.js'
import { startConnectionCutter } from '../servers/connection-cutter.js'
import { startPgbouncer, type PgbouncerServer } from '../servers/pgbouncer-server.js'
import { startPostgres, type PostgresServer } from '../servers/postgres-server.js'
import { startRedis, startSentinel, type RedisServer } from '../servers/redis-server.js'
import { holdRoundTrips } from './hold-round-trips.js'
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
idempotencyStoreContract('Redis through Sentinel, with a copy on a replica', () =>
  openIdempotencyStore(sentinel.url, { replicas: 1 }),
)

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
  const claiming = {
    id: 'by-document',
    fingerprint: 'a',
    claimant: 'a',
    leaseMs: 10_000,
    expiryMs: 60_000,
    onTakeover: 'rerun',
  } as const
  const claimed = await keys.claim(claiming)
  if (!('claim' in claimed)) throw new Error(`it was not new: ${claimed.kind}`)
  const answer = { status: 201, headers: [], body: Buffer.from('charged') }
  await store.transaction((transaction) => keys.finishWithin!(transaction, claimed.claim, answer))
  // Whether it is committed is known from the first replay on.
  expect(await answers.get('idempotency:by-document')).toBeUndefined()
  expect((await keys.claim(claiming)).kind).toBe('replay')
  await expect.poll(() => answers.get('idempotency:by-document')).toContain('"fingerprint":"a"')
  await Promise.all([keys.close(), answers.close()])
  await store.close()
})

test('without enough replicas a claim in Redis is refused', async () => {
  const store = await openIdempotencyStore(redis.url, { replicas: 2 })
  const claiming = {
    id: 'lonely',
    fingerprint: 'a',
    claimant: 'a',
    leaseMs: 1_000,
    expiryMs: 1_000,
    onTakeover: 'rerun',
  } as const
  await expect(store.claim(claiming)).rejects.toMatchObject({ code: 'WT_IDEMPOTENCY_REPLICATION' })
  await store.close()
})

test('a key of Redis is gone once it has expired', async () => {
  const store = await openIdempotencyStore(redis.url)
  const claiming = {
    id: 'short',
    fingerprint: 'a',
    claimant: 'a',
    leaseMs: 20,
    expiryMs: 20,
    onTakeover: 'rerun',
  } as const
  await store.claim(claiming)
  const other = { ...claiming, claimant: 'b', fingerprint: 'b' }
  await expect.poll(async () => (await store.claim(other)).kind, { interval: 5 }).toBe('new')
  await store.close()
})
