import type { BreakerState } from '../model/edge-stand.js'
import type { LatencyBuckets } from './latency-buckets.js'

/** What a process has counted of the requests that it answered, since it started. */
export interface ServerTotals {
  readonly service: string
  readonly answered: number
  /** Failed or refused. */
  readonly failed: number
  readonly durations: LatencyBuckets
  readonly inFlight: number | null
  readonly queued: number | null
  readonly limit: number | null
  /** What its overload guard measures: a share of the limit by resource. */
  readonly pressures: ReadonlyMap<string, number>
  readonly objectives: ReadonlyMap<string, ObjectiveTotals>
}

export interface ObjectiveTotals {
  readonly budgetLeft: number | null
  /** By window, such as `5m`. */
  readonly burnRates: ReadonlyMap<string, number>
}

/** What a process has counted of the calls of one service to another, since it started. */
export interface CallTotals {
  readonly from: string
  readonly to: string
  readonly ended: number
  /** Failed or refused, and not answered by a fallback. */
  readonly failed: number
  readonly durations: LatencyBuckets
  readonly retries: number
  readonly refusals: number
  readonly fallbacks: number
  readonly timeouts: number
  readonly hedges: number
  readonly ejections: number
  readonly breaker: BreakerState | null
  /** How often the breaker changed, by `closed>open>failure-rate`. */
  readonly transitions: ReadonlyMap<string, number>
  readonly budgetRemaining: number | null
  readonly running: number | null
  readonly queued: number | null
  readonly ejected: number | null
  /** What its source counts nowhere, for people; null where it counts all of this. */
  readonly notTold: string | null
}

/** All that one page says. */
export interface Totals {
  readonly servers: ReadonlyMap<string, ServerTotals>
  /** By `order>payment`. */
  readonly calls: ReadonlyMap<string, CallTotals>
}
