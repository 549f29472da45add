import { checkOptions } from '../options/check-options.js'
import { atLeast, integer, share } from '../options/rules.js'
import type { Refusal } from '../outcome/refusal.js'
import type { Verdict } from '../outcome/verdict.js'
import { BUDGET_SPENT, FIRST_TRY, FURTHER_TRY, type RetryBudget } from './retry-budget.js'
import { retryBudgetDefaults } from './retry-budget-defaults.js'

export interface RetryBudgetOptions {
  /** Further tries per call, from 0 to 1. Default 0.2. */
  readonly ratio?: number
  /** Further tries a second that are allowed on top of that, so that a client with few calls can retry. Default 3. */
  readonly minimumPerSecond?: number
  /** How far back calls and further tries count, in whole milliseconds >= 10. Default 10000. */
  readonly ttlMs?: number
}

/**
 * A budget in proportion to recent calls: the further tries of the last `ttlMs` never exceed `ratio` times the
 * calls of the last `ttlMs`, plus `minimumPerSecond` for each second of it.
 *
 * @example retryBudget({ ratio: 0.2, minimumPerSecond: 10, ttlMs: 10_000 })
 * @throws {OptionError} when an option is unknown or out of its range
 */
export function retryBudget(options: RetryBudgetOptions = {}): RatioBudget {
  return new RatioBudget(options)
}

const BUCKETS = 10
/** A tenth times thirty is a little more than three in binary; budgets count in whole tries. */
const ROUNDING = 1e-9

/**
 * Source: Finagle's `RetryBudget` over a leaky token bucket, here as two counters in ten buckets of time. The
 * window is quantised: what counts is the current bucket and the nine before it. Buckets are indexed by time, so
 * idling expires them. O(1) a call (O(buckets) after idling), 80 bytes of counters.
 */
export class RatioBudget implements RetryBudget {
  readonly countsEnds = false
  private readonly ring: readonly Bucket[] = Array.from({ length: BUCKETS }, () => ({ calls: 0, tries: 0 }))
  private bucket: Bucket = this.ring[0]!
  private callsSum: number = 0
  private triesSum: number = 0
  /** Number of the newest bucket since time 0, and when it ends. */
  private newest: number = -Infinity
  private endsAt: number = -Infinity
  private ratio: number = 0
  private reserve: number = 0
  private bucketMs: number = 0

  constructor(options: RetryBudgetOptions) {
    this.reconfigure(options)
  }

  /** Calls count by buckets of time. */
  get granularityMs(): number {
    return this.bucketMs
  }

  start(now: number): number {
    if (now >= this.endsAt) this.advance(now)
    this.bucket.calls += 1
    this.callsSum += 1
    return FIRST_TRY
  }

  admit(now: number): number | Refusal {
    if (now >= this.endsAt) this.advance(now)
    if (this.balance() < 1) return BUDGET_SPENT
    this.bucket.tries += 1
    this.triesSum += 1
    return FURTHER_TRY
  }

  /** What has begun counts for `ttlMs`, however it ends. */
  settle(_permit: number, _now: number, _verdict: Verdict, _durationMs: number): void {}

  remaining(now: number): number {
    if (now >= this.endsAt) this.advance(now)
    return Math.max(0, Math.floor(this.balance()))
  }

  /** Counts are kept unless `ttlMs` changes: buckets of another width cannot be told apart. */
  reconfigure(options: RetryBudgetOptions): void {
    checkOptions('retry budget', options, RULES)
    const { ratio = retryBudgetDefaults.ratio, ttlMs = retryBudgetDefaults.ttlMs } = options
    const { minimumPerSecond = retryBudgetDefaults.minimumPerSecond } = options
    this.ratio = ratio
    this.reserve = (minimumPerSecond * ttlMs) / 1_000
    if (this.bucketMs === ttlMs / BUCKETS) return
    this.bucketMs = ttlMs / BUCKETS
    this.newest = -Infinity
    this.endsAt = -Infinity
  }

  private balance(): number {
    return this.reserve + this.ratio * this.callsSum - this.triesSum + ROUNDING
  }

  /** Expires what is too old. */
  private advance(now: number): void {
    const bucket = Math.floor(now / this.bucketMs)
    this.endsAt = (bucket + 1) * this.bucketMs
    if (bucket <= this.newest) return
    const first = Math.max(this.newest + 1, bucket - BUCKETS + 1)
    for (let number = first; number <= bucket; number++) this.empty(this.at(number))
    this.newest = bucket
    this.bucket = this.at(bucket)
  }

  private empty(bucket: Bucket): void {
    this.callsSum -= bucket.calls
    this.triesSum -= bucket.tries
    bucket.calls = 0
    bucket.tries = 0
  }

  private at(number: number): Bucket {
    return this.ring[((number % BUCKETS) + BUCKETS) % BUCKETS]!
  }
}

interface Bucket {
  calls: number
  tries: number
}

const RULES = { ratio: share, minimumPerSecond: atLeast(0), ttlMs: integer(BUCKETS) }
