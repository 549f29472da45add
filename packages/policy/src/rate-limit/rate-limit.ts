import { PERMIT } from '../admission/admission.js'
import { QUEUE, type Queueing, type QueueingRefusalReason } from '../admission/queueing.js'
import { WaiterQueue, type Waiter } from '../admission/waiter-queue.js'
import { checkOptions, refusedOption } from '../options/check-options.js'
import { above, integer, milliseconds, oneOf, required } from '../options/rules.js'
import type { Verdict } from '../outcome/verdict.js'
import { RateLimitRefusal } from './errors.js'
import type { RateAlgorithm } from './rate-algorithm.js'
import { SlidingWindow } from './sliding-window.js'
import { TokenBucket } from './token-bucket.js'
import { rateLimitDefaults } from './rate-limit-defaults.js'

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
  /** How many may wait at the same time, an integer >= 1; matters only with `maxWaitMs`. Default 1000. */
  readonly queue?: number
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
 * Waits are reservations: each call that waits gets a moment of its own, in order of arrival whatever its priority,
 * so nobody polls and nobody is passed. A caller that gives up while it waits has spent its moment. What is admitted
 * has started, and only time gives that back. O(1); for sources and memory see the algorithms.
 *
 * @example
 * const rateLimit = new RateLimit({ limit: 100, perMs: 1_000, maxWaitMs: 50 })
 * const permit = rateLimit.admit(0)
 * if (typeof permit !== 'number') throw permit.toError()
 */
export class RateLimit<W extends Waiter = Waiter> implements Queueing<W> {
  readonly #waiters: WaiterQueue<W> = new WaiterQueue<W>()
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

  get queued(): number {
    return this.#waiters.length
  }

  /** Each wait ends by itself, at the moment that was reserved for it. */
  get maxWaitMs(): number {
    return Infinity
  }

  /** The moment of whoever came first. */
  get grantAt(): number {
    return this.#waiters.first?.grantAt ?? Infinity
  }

  admit(now: number): number | RateLimitRefusal {
    const freeAt = this.#algorithm.freeAt(now)
    if (freeAt > now) return this.#mayWait(freeAt - now) ? QUEUE : this.refusal('full', now)
    // Moments are given in order: while others wait, none is free now.
    this.#algorithm.take(now)
    return PERMIT
  }

  /** Reserves the next free moment for the waiter, as its `grantAt`. */
  wait(waiter: W, now: number): W | undefined {
    const freeAt = this.#algorithm.freeAt(now)
    if (!this.#mayWait(freeAt - now)) return waiter
    this.#algorithm.take(freeAt)
    this.#waiters.append(waiter, now)
    waiter.grantAt = freeAt
    return undefined
  }

  grant(now: number): W | undefined {
    const first = this.#waiters.first
    return first !== undefined && first.grantAt <= now ? this.#waiters.grant(first, PERMIT) : undefined
  }

  leave(waiter: W): boolean {
    return this.#waiters.remove(waiter)
  }

  /** What has started counts, however it ends. */
  settle(_permit: number, _now: number, _verdict: Verdict, _durationMs: number): void {}

  refusal(_reason: QueueingRefusalReason, now: number): RateLimitRefusal {
    const waitMs = this.#algorithm.freeAt(now) - now - this.#maxWaitMs
    // A full queue has a place again when its first waiter goes.
    const placeMs = this.#waiters.length < this.#waiters.capacity ? 0 : this.grantAt - now
    return new RateLimitRefusal(this.#limit, this.#perMs, Math.max(0, waitMs, placeMs))
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

  /** Keeps what has been counted, and the moments of those who wait; a change of algorithm starts anew. */
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

  #mayWait(waitMs: number): boolean {
    return waitMs <= this.#maxWaitMs && this.#waiters.length < this.#waiters.capacity
  }

  #configure(options: RateLimitOptions): RateLimitAlgorithm {
    checkOptions('rate limit', options, RATE_LIMIT_RULES)
    const { algorithm = 'token-bucket', burst } = options
    if (algorithm === 'sliding-window' && burst !== undefined) {
      throw refusedOption('rate limit', 'burst', 'absent with a sliding window', burst)
    }
    this.#limit = options.limit
    this.#perMs = options.perMs ?? rateLimitDefaults.perMs
    this.#maxWaitMs = options.maxWaitMs ?? 0
    this.#waiters.capacity = options.queue ?? 1_000
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
  queue: integer(1),
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
