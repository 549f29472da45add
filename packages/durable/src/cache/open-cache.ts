import { shownUrl } from '@watertight/policy/options'
import { connectRedis } from '../idempotency/redis/connect-redis.js'
import type { Cache } from './cache.js'
import { GuardedCache, type GuardedCacheOptions } from './guarded-cache.js'

/**
 * Opens a cache in Redis by its URL: `redis://host:port`, `rediss://...`, `redis+sentinel://host:port,host:port/name`. Needs the
 * package `ioredis`.
 *
 * @throws {Error} when the URL is none of these
 */
export async function openCache(
  url: string,
  options: Omit<GuardedCacheOptions, 'client'> = {},
): Promise<Cache> {
  if (!/^rediss?:\/\/|^redis\+sentinel:/.test(url)) {
    const shown = shownUrl(url)
    throw new Error(
      `cannot open a cache: url must be redis://..., rediss://... or redis+sentinel://..., got ${JSON.stringify(shown)}`,
    )
  }
  return new GuardedCache({ ...options, client: await connectRedis(url) })
}
