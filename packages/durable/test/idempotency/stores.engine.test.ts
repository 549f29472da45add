import { afterAll, beforeAll, expect, test } from 'vitest'
import { openIdempotencyStore } from '../../src/idempotency/open-idempotency-store.js'
import { PostgresIdempotencyStore } from '../../src/idempotency/postgres/postgres-idempotency-store.js'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import { migrate } from '../../src/migrations/migrate.js'
import { startPgbouncer, type PgbouncerServer } from '../servers/pgbouncer-server.js'
import { startPostgres, type PostgresServer } from '../servers/postgres-server.js'
import { startRedis, startSentinel, type RedisServer } from '../servers/redis-server.js'
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
}, 60_000)
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
