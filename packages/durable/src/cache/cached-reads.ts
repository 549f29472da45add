import { runtime } from '@watertight/policy/decisions'
import type { Cache } from './cache.js'

export interface CachedReadsOptions {
  readonly cache: Cache
  /** How old an answer may be, in milliseconds. */
  readonly maxAgeMs: number
  /**
   * Where the answer comes from when the cache has none, such as a replica, and then the primary: each is asked when the one before
   * has failed.
   */
  readonly sources: readonly [CacheSource, ...CacheSource[]]
}

/** Undefined: there is no such thing, which is an answer too, and is not kept. */
export type CacheSource = (key: string) => Promise<string | undefined>

/** Reads that may be a little old: from the cache while it is in use, else from what it is filled from. */
export interface CachedReads {
  /** @throws what the last source throws, when all have failed */
  read(key: string): Promise<string | undefined>
}

/**
 * Of several that ask for the same at once, one asks the database for all: when a cache is left alone, what it has kept away comes at
 * once.
 *
 * @example
 * const kept = new Map<string, string>()
 * const cache: Cache = {
 *   get: async (key) => kept.get(key),
 *   put: (key, value) => void kept.set(key, value),
 *   isInUse: true,
 *   close: async () => kept.clear(),
 * }
 * const ofPrimary = async (key: string) => `price of ${key}`
 * const prices = cachedReads({ cache, maxAgeMs: 60_000, sources: [ofPrimary] })
 * const price = await prices.read('book-42')
 */
export function cachedReads({ cache, maxAgeMs, sources }: CachedReadsOptions): CachedReads {
  const underWay = new Map<string, Promise<string | undefined>>()
  const load = async (key: string): Promise<string | undefined> => {
    const value = await firstOf(sources, key)
    if (value !== undefined) cache.put(key, value, runtime.clock.wallNow() + maxAgeMs)
    return value
  }
  return {
    read: async (key) => {
      const kept = await cache.get(key)
      if (kept !== undefined) return kept
      const known = underWay.get(key)
      if (known !== undefined) return await known
      const loading = load(key).finally(() => underWay.delete(key))
      underWay.set(key, loading)
      return await loading
    },
  }
}

async function firstOf(sources: readonly CacheSource[], key: string): Promise<string | undefined> {
  let failure: unknown
  for (const source of sources) {
    try {
      return await source(key)
    } catch (error) {
      failure = error
    }
  }
  throw failure
}
