import { checkOptions, integer, text } from '@watertight/policy/options'
import { shownUrl } from '@watertight/policy/options'
import { openCache } from '../cache/open-cache.js'
import { migrate } from '../migrations/migrate.js'
import { openStore } from '../store/open-store.js'
import { CachedIdempotencyStore } from './cached-idempotency-store.js'
import type { IdempotencyStore } from './idempotency-store.js'
import { MemoryIdempotencyStore } from './memory/memory-idempotency-store.js'
import { PostgresIdempotencyStore } from './postgres/postgres-idempotency-store.js'
import { connectRedis } from './redis/connect-redis.js'
import { RedisIdempotencyStore } from './redis/redis-idempotency-store.js'

export interface OpenIdempotencyStoreOptions {
  /** In Redis: how many replicas must have a claim before it counts. Default 0. */
  readonly replicas?: number
  /**
   * A Redis before a Postgres, by its URL: it holds the answers of keys that are done, and decides nothing. While it is slow, away or
   * has too much to do it is left alone.
   */
  readonly cache?: string
}

/**
 * Opens the place where keys are kept, by its URL: `postgres://...`, `pglite:./folder`, `pglite:memory`,
 * `redis://host:port`, `rediss://...`, `redis+sentinel://host:port,host:port/name`, or `memory:` for tests and for a
 * service that is one process. Brings the schema of a Postgres up to date.
 *
 * Where the keys shall be finished in the transactions of your own database, give its store to
 * `PostgresIdempotencyStore` instead.
 *
 * @throws {Error} when the URL is none of these
 * @throws {OptionError} when an option is unknown or out of its range
 * @example
 * const keys = await openIdempotencyStore('memory:')
 * await keys.close()
 */
export async function openIdempotencyStore(
  url: string,
  options: OpenIdempotencyStoreOptions = {},
): Promise<IdempotencyStore> {
  checkOptions('idempotency store', options, { replicas: integer(0), cache: text })
  const { replicas, cache } = options
  if (cache !== undefined) {
    if (!/^(postgres|postgresql|pglite):/.test(url))
      throw new Error('cannot open an idempotency store: cache is for keys in a Postgres, which decides')
    // What is wrong with its URL is told before a database is opened.
    const opened = await openCache(cache)
    const store = await openIdempotencyStore(url).catch(async (error: unknown) => {
      await opened.close()
      throw error
    })
    return new CachedIdempotencyStore({ store, cache: opened })
  }
  if (/^rediss?:\/\/|^redis\+sentinel:/.test(url)) {
    return new RedisIdempotencyStore({ client: await connectRedis(url), replicas: replicas ?? 0 })
  }
  if (replicas !== undefined) {
    throw new Error('cannot open an idempotency store: replicas is for Redis, whose url begins with redis')
  }
  if (url === 'memory:') return new MemoryIdempotencyStore()
  if (!/^(postgres|postgresql|pglite):/.test(url)) {
    throw new Error(
      `cannot open an idempotency store: url must be postgres://..., pglite:FOLDER, redis://..., redis+sentinel://... or memory:, got ${JSON.stringify(shownUrl(url))}`,
    )
  }
  const store = openStore(url)
  await migrate(store).catch(async (error: unknown) => {
    await store.close()
    throw error
  })
  return new PostgresIdempotencyStore({ store, closesStore: true })
}
