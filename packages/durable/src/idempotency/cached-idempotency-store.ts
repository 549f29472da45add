import type { Cache } from '../cache/cache.js'
import type { Transaction } from '../store/store.js'
import { decodeAnswer, encodeAnswer, type KeptAnswer } from './answer/kept-answer.js'
import type { Claim, ClaimRequest, ClaimResult, IdempotencyStore } from './idempotency-store.js'

interface CachedAnswer {
  readonly fingerprint: string
  readonly expiresAt: number
  /** As `encodeAnswer` writes it. */
  readonly answer: string
}

export interface CachedIdempotencyStoreOptions {
  /** Decides: a Postgres. */
  readonly store: IdempotencyStore
  /** Holds answers that the store has committed. */
  readonly cache: Cache
}

const PREFIX = 'idempotency:'

/**
 * Keys in a Postgres, with a cache before it for those that are done.
 *
 * The law: who runs a key is decided in one place, the database, whatever becomes of the cache. The cache holds finished answers alone,
 * each put there only after the database has committed it; a finished answer never changes until it expires, so that an old copy is as
 * good as a new one. A cache that is slow, gone, empty, or back with what it had can thus replay an answer or say nothing, and neither
 * makes a key run. It would not hold for keys that are claimed in the cache and, while it is away, in the database: a key that is
 * finished in the one is unknown to the other, and would run again.
 */
export class CachedIdempotencyStore implements IdempotencyStore {
  readonly #store: IdempotencyStore
  readonly #cache: Cache
  /** The payload of claims under way: what is kept of an answer says whose it is. */
  readonly #fingerprints = new WeakMap<Claim, string>()
  readonly finishWithin?: (transaction: Transaction, claim: Claim, answer: KeptAnswer) => Promise<boolean>

  constructor({ store, cache }: CachedIdempotencyStoreOptions) {
    this.#store = store
    this.#cache = cache
    // Whether it is committed is known only later: the first replay puts it into the cache.
    if (store.finishWithin !== undefined) this.finishWithin = (...words) => store.finishWithin!(...words)
  }

  async claim(request: ClaimRequest): Promise<ClaimResult> {
    const { id, fingerprint } = request
    const kept = readAnswer(await this.#cache.get(PREFIX + id))
    if (kept !== undefined) {
      if (kept.fingerprint !== fingerprint) return { kind: 'mismatch' }
      return { kind: 'replay', answer: decodeAnswer(kept.answer), expiresAt: kept.expiresAt }
    }
    const result = await this.#store.claim(request)
    if (result.kind === 'replay') this.#keep(id, fingerprint, result)
    if ('claim' in result) this.#fingerprints.set(result.claim, fingerprint)
    return result
  }

  async finish(claim: Claim, answer: KeptAnswer): Promise<boolean> {
    const isKept = await this.#store.finish(claim, answer)
    const fingerprint = this.#fingerprints.get(claim)
    if (isKept && fingerprint !== undefined)
      this.#keep(claim.id, fingerprint, { answer, expiresAt: claim.expiresAt })
    return isKept
  }

  renew(claim: Claim, leaseMs: number): Promise<boolean> {
    return this.#store.renew(claim, leaseMs)
  }

  release(claim: Claim): Promise<boolean> {
    return this.#store.release(claim)
  }

  clean(limit: number): Promise<number> {
    return this.#store.clean(limit)
  }

  async close(): Promise<void> {
    await Promise.all([this.#cache.close(), this.#store.close()])
  }

  #keep(
    id: string,
    fingerprint: string,
    { answer, expiresAt }: { readonly answer: KeptAnswer; readonly expiresAt: number },
  ): void {
    const kept: CachedAnswer = { fingerprint, expiresAt, answer: encodeAnswer(answer) }
    this.#cache.put(PREFIX + id, JSON.stringify(kept), expiresAt)
  }
}

/** What cannot be read was written by another version, and counts for nothing. */
function readAnswer(text: string | undefined): CachedAnswer | undefined {
  if (text === undefined) return undefined
  try {
    const { fingerprint, expiresAt, answer } = JSON.parse(text) as Partial<CachedAnswer>
    if (typeof fingerprint !== 'string' || typeof expiresAt !== 'number' || typeof answer !== 'string')
      return undefined
    return { fingerprint, expiresAt, answer }
  } catch {
    return undefined
  }
}
