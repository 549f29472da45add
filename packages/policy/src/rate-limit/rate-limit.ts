import { above, checkOptions, integer, milliseconds, oneOf, required } from '../options/check-options.js'
import { OptionError } from '../options/option-error.js'
import { RateLimitRefusal } from './errors.js'
import type { RateAlgorithm } from './rate-algorithm.js'
import { SlidingWindow } from './sliding-window.js'
import { TokenBucket } from './token-bucket.js'

/**
 * - `token-bucket`: up to `burst` calls at once, then `limit` each `perMs`
 * - `sliding-window`: never more than `limit` in any stretch of `perMs`; see `SlidingWindow`
 * - `smooth`: calls spaced `perMs / limit` apart, like a leaky bucket
 */
export type RateLimitAlgorithm = 'token-bucket' | 'sliding-window' | 'smooth'

export interface RateLimitOptions {
  /** Calls that are allowed each `perMs`: an integer from 1 to 100000. */
  readonly limit: number
  /** Milliseconds, above 0. Default 1000. */
  readonly perMs?: number
  /** Default `token-bucket`. */
  readonly algorithm?: RateLimitAlgorithm
  /** Calls that may come at once. Default `limit` for a token bucket, 1 for smooth; none for a sliding window. */
  readonly burst?: number
  /** The longest wait for a free moment, in milliseconds; 0 refuses at once. Default 0. */
  readonly maxWaitMs?: number
}

/** A rate limit's state as plain JSON. */
export interface RateLimitSnapshot {
  readonly algorithm: RateLimitAlgorithm
  /** Wall time in milliseconds. */
  readonly takenAt: number
  /** Moments relative to `takenAt`, as the algorithm counts them. */
  readonly timesMs: readonly number[]
}

/**
 * Decides how many calls start in a stretch of time.
 *
 * Waits are reservations: each call that is admitted gets a moment of its own, in order of arrival, so nobody
 * polls and nobody is passed. A caller that gives up while it waits has spent its moment. There are never more
 * waiting calls than fit in `maxWaitMs`. O(1); for sources and memory see the algorithms.
 *
 * @example
 * const rateLimit = new RateLimit({ limit: 100, perMs: 1_000, maxWaitMs: 50 })
 * const waitMs = rateLimit.admit(0)
 * if (typeof waitMs !== 'number') throw waitMs.toError()
 */
export class RateLimit {
  #algorithm: RateAlgorithm
  #name: RateLimitAlgorithm
  #limit: number = 0
  #perMs: number = 0
  #maxWaitMs: number = 0

  /** @throws {OptionError} when an option is missing, unknown or out of its range */
  constructor(options: RateLimitOptions) {
    this.#name = this.#configure(options)
    this.#algorithm = createAlgorithm(this.#name, this.#limit, this.#perMs, options.burst)
  }

  /** Milliseconds to wait before the call starts, 0 for now; or a refusal. */
  admit(now: number): number | RateLimitRefusal {
    const waitMs = this.#algorithm.reserve(now, this.#maxWaitMs)
    return waitMs >= 0 ? waitMs : new RateLimitRefusal(this.#limit, this.#perMs, -waitMs)
  }

  snapshot(now: number, wallNow: number): RateLimitSnapshot {
    return { algorithm: this.#name, takenAt: wallNow, timesMs: this.#algorithm.save(now) }
  }

  /**
   * Continues from a snapshot, with the time since then passed.
   *
   * @throws {OptionError} when it is not a snapshot of a rate limit with this algorithm
   */
  restore(snapshot: RateLimitSnapshot, now: number, wallNow: number): void {
    checkSnapshot(snapshot, this.#name)
    // A wall clock that was set back must not push the snapshot's moments into the future.
    this.#algorithm.restore(snapshot.timesMs, now - Math.max(0, wallNow - snapshot.takenAt))
  }

  /** Keeps what has been counted; a change of algorithm starts anew. */
  reconfigure(options: RateLimitOptions): void {
    const name = this.#configure(options)
    const algorithm = this.#algorithm
    if (name !== this.#name) {
      this.#algorithm = createAlgorithm(name, this.#limit, this.#perMs, options.burst)
      this.#name = name
    } else if (algorithm instanceof TokenBucket) {
      algorithm.reconfigure(this.#limit, this.#perMs, options.burst ?? defaultBurst(name, this.#limit))
    } else if (algorithm instanceof SlidingWindow) {
      algorithm.reconfigure(this.#limit, this.#perMs)
    }
  }

  #configure(options: RateLimitOptions): RateLimitAlgorithm {
    checkOptions('rate limit', options, RATE_LIMIT_RULES)
    const { algorithm = 'token-bucket', burst } = options
    if (algorithm === 'sliding-window' && burst !== undefined) {
      throw new OptionError(
        `cannot create rate limit: burst must be absent with a sliding window, got ${burst}`,
        'burst',
      )
    }
    this.#limit = options.limit
    this.#perMs = options.perMs ?? 1_000
    this.#maxWaitMs = options.maxWaitMs ?? 0
    return algorithm
  }
}

const LIMIT_MAX = 100_000

const RATE_LIMIT_RULES = {
  limit: required(integer(1, LIMIT_MAX)),
  perMs: above(0),
  algorithm: oneOf('token-bucket', 'sliding-window', 'smooth'),
  burst: integer(1, LIMIT_MAX),
  maxWaitMs: milliseconds(),
}

function createAlgorithm(
  name: RateLimitAlgorithm,
  limit: number,
  perMs: number,
  burst: number = defaultBurst(name, limit),
): RateAlgorithm {
  return name === 'sliding-window' ? new SlidingWindow(limit, perMs) : new TokenBucket(limit, perMs, burst)
}

function defaultBurst(name: RateLimitAlgorithm, limit: number): number {
  return name === 'smooth' ? 1 : limit
}

function checkSnapshot(snapshot: RateLimitSnapshot, algorithm: RateLimitAlgorithm): void {
  checkOptions('rate limit from a snapshot', snapshot, {
    algorithm: required(oneOf(algorithm)),
    takenAt: required({ allowed: 'a finite number', accepts: Number.isFinite }),
    timesMs: required({
      allowed: `an array of at most ${LIMIT_MAX} finite numbers`,
      accepts: (value) => Array.isArray(value) && value.length <= LIMIT_MAX && value.every(Number.isFinite),
    }),
  })
}
