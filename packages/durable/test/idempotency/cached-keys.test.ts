import { expect, test } from 'vitest'
import type { Cache } from '../../src/cache/cache.js'
import { cachedReads } from '../../src/cache/cached-reads.js'
import { CachedIdempotencyStore } from '../../src/idempotency/cached-idempotency-store.js'
import type { ClaimRequest } from '../../src/idempotency/idempotency-store.js'
import { MemoryIdempotencyStore } from '../../src/idempotency/memory/memory-idempotency-store.js'
import { openIdempotencyStore } from '../../src/idempotency/open-idempotency-store.js'
import { idempotencyStoreContract } from './store-contract.js'

/** A cache that forgets, comes back with what it had before, and is left alone, as a test wants it. */
class FickleCache implements Cache {
  isInUse = true
  kept: Map<string, { readonly value: string; readonly expiresAt: number }> = new Map()
  asked = 0

  async get(key: string): Promise<string | undefined> {
    this.asked += 1
    const found = this.isInUse ? this.kept.get(key) : undefined
    return found === undefined || found.expiresAt <= Date.now() ? undefined : found.value
  }

  put(key: string, value: string, expiresAt: number): void {
    if (this.isInUse) this.kept.set(key, { value, expiresAt })
  }

  async close(): Promise<void> {}
}

const opened = () => {
  const cache = new FickleCache()
  return { cache, keys: new CachedIdempotencyStore({ store: new MemoryIdempotencyStore(), cache }) }
}

idempotencyStoreContract('in memory, with a cache before it', async () => opened().keys)

const request = (id: string, claimant: string, fingerprint = 'a'): ClaimRequest => ({
  id,
  fingerprint,
  claimant,
  leaseMs: 60_000,
  expiryMs: 60_000,
  onTakeover: 'conflict',
})
const answerOf = (text: string) => ({ status: 201, headers: [], body: Buffer.from(text) })

test('a key that is done is answered without the database, and another payload under it is refused', async () => {
  const store = new MemoryIdempotencyStore()
  const cache = new FickleCache()
  const keys = new CachedIdempotencyStore({ store, cache })
  const first = await keys.claim(request('k', 'one'))
  if (!('claim' in first)) throw new Error('it is not ours')
  expect(cache.kept.size).toBe(0)
  await keys.finish(first.claim, answerOf('charged'))
  await store.close()
  store.claim = () => Promise.reject(new Error('the database is away'))
  const again = await keys.claim(request('k', 'two'))
  expect(again.kind === 'replay' && Buffer.from(again.answer.body ?? []).toString()).toBe('charged')
  expect((await keys.claim(request('k', 'three', 'b'))).kind).toBe('mismatch')
})

test('an answer that the database has not taken is not in the cache either', async () => {
  const { cache, keys } = opened()
  const first = await keys.claim(request('k', 'one'))
  if (!('claim' in first)) throw new Error('it is not ours')
  await keys.release(first.claim)
  expect(await keys.finish(first.claim, answerOf('too late'))).toBe(false)
  expect(cache.kept.size).toBe(0)
})

/** xorshift32 (Marsaglia, 2003). */
function chance(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

test('whatever becomes of the cache, a key runs once and is answered the same', async () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const random = chance(seed)
    const { cache, keys } = opened()
    const runs = new Map<string, number>()
    const said = new Map<string, Set<string>>()
    let before = cache.kept
    for (let step = 0; step < 400; step += 1) {
      const what = random()
      if (what < 0.03) cache.isInUse = !cache.isInUse
      else if (what < 0.05) cache.kept = new Map()
      else if (what < 0.07) before = new Map(cache.kept)
      // A replica that was behind takes the place of its primary.
      else if (what < 0.09) cache.kept = before
      const id = `key-${Math.floor(random() * 40)}`
      const result = await keys.claim(request(id, `${step}`))
      let answer: string | undefined
      if ('claim' in result) {
        runs.set(id, (runs.get(id) ?? 0) + 1)
        answer = `run ${runs.get(id)} of ${id}`
        await keys.finish(result.claim, answerOf(answer))
      } else if (result.kind === 'replay') answer = Buffer.from(result.answer.body ?? []).toString()
      said.set(id, (said.get(id) ?? new Set()).add(answer ?? result.kind))
    }
    const twice = [...runs].filter(([, count]) => count > 1)
    const differing = [...said].filter(([, answers]) => answers.size > 1)
    expect({ seed, twice, differing }).toEqual({ seed, twice: [], differing: [] })
  }
})

test('a cache stands before a database alone, for what it forgets would run again', async () => {
  const cache = 'redis://127.0.0.1:1'
  await expect(openIdempotencyStore('memory:', { cache })).rejects.toThrow('cache is for keys in a Postgres')
  await expect(openIdempotencyStore('pglite:memory', { cache: 'http://a' })).rejects.toThrow('got "http://a"')
})

test('reads come from the cache, else from a replica, else from the primary; of several at once, one asks for all', async () => {
  const cache = new FickleCache()
  const asked: string[] = []
  let isReplicaAway = false
  const prices = cachedReads({
    cache,
    maxAgeMs: 60_000,
    sources: [
      async (key) => {
        asked.push(`replica ${key}`)
        if (isReplicaAway) throw new Error('the replica is away')
        return '10'
      },
      async (key) => {
        asked.push(`primary ${key}`)
        return key === 'none' ? undefined : '10'
      },
    ],
  })
  expect(await Promise.all([prices.read('a'), prices.read('a'), prices.read('a')])).toEqual([
    '10',
    '10',
    '10',
  ])
  expect(await prices.read('a')).toBe('10')
  expect(asked).toEqual(['replica a'])
  cache.isInUse = false
  isReplicaAway = true
  expect([await prices.read('a'), await prices.read('none')]).toEqual(['10', undefined])
  expect(asked.slice(1)).toEqual(['replica a', 'primary a', 'replica none', 'primary none'])
})
