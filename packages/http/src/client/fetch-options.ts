import type {
  AdaptiveLimitOptions,
  Backoff,
  CircuitBreakerOptions,
  HedgeOptions,
  RateLimitOptions,
  RetryBudget,
  RetryBudgetOptions,
} from '@watertight/policy'
import type { Telemetry } from '@watertight/telemetry'
import type { BalanceName } from '../balance/balancer.js'
import type { EjectionOptions } from '../ejection/outlier-ejection.js'
import type { TlsOptions } from '../endpoints/connector.js'
import type { ResolveOptions } from '../endpoints/resolver.js'
import type { FallbackRules } from '../fallback/fallback-rules.js'
import type { Idempotence } from '../operations/operation-table.js'
import type { RetryOn } from '../retrying/retry-conditions.js'
import type { TimeLimits } from '../transport/exchange-limits.js'

export interface RetryRules {
  /** Tries in all, the first included; an integer >= 1. Default 3. */
  readonly attempts?: number | undefined
  /** What is tried again. Default `connect-failure`, `refused-stream`, `reset` and 503. */
  readonly on?: readonly RetryOn[] | undefined
  /** Default: exponential, 100 ms to 3000 ms, full jitter. */
  readonly backoff?: Backoff | undefined
  /**
   * How many further tries there may be. Default: 20% of recent calls and 3 a second; `false` for no limit. Give one
   * budget to all that retry at the same destination.
   */
  readonly budget?: RetryBudget | RetryBudgetOptions | false | undefined
  /** A further try is made only if at least this many milliseconds are left for it. Default 0. */
  readonly minimumTryMs?: number | undefined
  /** The longest `Retry-After` that is waited for, in milliseconds. Default 60000. */
  readonly maxPushbackMs?: number | undefined
}

export interface BulkheadRules {
  /** Calls at one time, an integer >= 1. */
  readonly concurrency: number
  /** Calls that may wait, an integer >= 0. Default 0. */
  readonly queue?: number | undefined
  /** How long one may wait, in milliseconds. Default 1000. */
  readonly maxWaitMs?: number | undefined
}

/** How calls to a destination behave. What is left out does not happen, time limits and retries apart. */
export interface CallPolicies {
  /** `false` for none, as where a sidecar limits. Limits left out have the defaults of `TimeLimits`. */
  readonly timeout?: TimeLimits | false | undefined
  /** `false` for one attempt only. Default: 3 attempts. */
  readonly retry?: RetryRules | false | undefined
  /** When to stop calling for a while. A status >= 500 is a failure. Default: none. */
  readonly breaker?: CircuitBreakerOptions | undefined
  readonly bulkhead?: BulkheadRules | undefined
  readonly adaptiveLimit?: AdaptiveLimitOptions | undefined
  /** Attempts a time, as this side limits itself. */
  readonly rateLimit?: RateLimitOptions | undefined
  /** A second attempt beside a slow one, for requests that may be repeated. */
  readonly hedge?: HedgeOptions | undefined
  /** Leaves endpoints alone that fail while others answer. Default: none. */
  readonly ejection?: EjectionOptions | undefined
  /** How an endpoint is chosen. Default `least-request`. */
  readonly balance?: BalanceName | undefined
  /** Answers for a destination that cannot. Default: none. */
  readonly fallback?: FallbackRules | undefined
  /** By method and path, such as `{ 'POST /charges': 'by-key' }`: whether it may be repeated, and a name for metrics. */
  readonly operations?: Readonly<Record<string, Idempotence>> | ReadonlyMap<string, Idempotence> | undefined
  /** `observe`: decide and report, enforce nothing. Default `enforce`. */
  readonly mode?: 'enforce' | 'observe' | undefined
}

/** A destination and how it is called. */
export interface FetchOptions extends CallPolicies {
  /** Where it answers: one origin, such as `http://127.0.0.1:7001`, or several. */
  readonly endpoints: string | URL | readonly (string | URL)[]
  /** What telemetry and errors call it. Default: the host of the first endpoint. */
  readonly name?: string | undefined
  /** Resolves the names among the endpoints again and again, and spreads requests over their addresses. Default: no. */
  readonly resolve?: ResolveOptions | undefined
  readonly telemetry?: Telemetry | undefined
  /** Bytes of a streamed request body that are kept for a further attempt. Default 65536. */
  readonly replayBytesMax?: number | undefined
  /** Bytes of a response that `text()`, `json()` and their like read at most. Streams have no limit. Default 16 MiB. */
  readonly bodyBytesMax?: number | undefined
  /** Bytes of a response's head. Default 16384. */
  readonly headerBytesMax?: number | undefined
  /** Requests under way at one endpoint, and so connections. Default 1024. */
  readonly connectionsMax?: number | undefined
  /** How long an idle connection is kept, in milliseconds. Default 4000, below the 5000 of Node's servers. */
  readonly keepAliveMs?: number | undefined
  readonly tls?: TlsOptions | undefined
  /** Speaks HTTP/2 where TLS agrees on it. Default `false`. */
  readonly allowH2?: boolean | undefined
}
