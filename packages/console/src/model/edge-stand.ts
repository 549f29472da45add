import type { CircuitState } from '@watertight/policy/defaults'
import type { Level } from './service-stand.js'
import type { Told } from './told.js'

/** The state of a circuit breaker; `none` where the policy in force has no breaker. */
export type BreakerState = CircuitState | 'none'

/** How the calls of one service to another do. A number is null where its source does not have it. */
export interface CallSignals {
  readonly ratePerSecond: number | null
  /** Of the calls that ended, the share without a good answer, refusals included, fallbacks not; null when there were none. */
  readonly errorShare: number | null
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  /** Null where it is not known. */
  readonly breaker: BreakerState | null
  readonly retriesPerSecond: number | null
  readonly refusalsPerSecond: number | null
  readonly fallbacksPerSecond: number | null
  readonly timeoutsPerSecond: number | null
  readonly hedgesPerSecond: number | null
  /** Further attempts that the retry budget would grant now. */
  readonly budgetRemaining: number | null
  /** Calls that hold a slot of the bulkhead, and calls that wait for one. */
  readonly running: number | null
  readonly queued: number | null
  readonly ejectedEndpoints: number | null
  /** What whoever measures the call does not tell, for people; null where it tells all. */
  readonly notTold: string | null
}

/** An edge of the call graph. */
export interface EdgeStand {
  /** `order>payment`. */
  readonly id: string
  readonly from: string
  readonly to: string
  readonly level: Level
  readonly because: readonly string[]
  /** Whether the caller does without it. */
  readonly optional: boolean
  readonly signals: Told<CallSignals>
}
