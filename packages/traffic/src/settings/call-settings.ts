import type { HashKey, Mode } from '@watertight/manifest'
import type {
  AdaptiveLimitOptions,
  Backoff,
  CircuitBreakerOptions,
  HedgeOptions,
  RateLimitOptions,
  RetryBudget,
  RetryBudgetOptions,
} from '@watertight/policy'
import type { BalanceName } from '../balance/balancer.js'
import type { EjectionOptions } from '../ejection/outlier-ejection.js'
import type { Idempotence } from '../operations/may-repeat.js'
import type { RetryOn } from '../retrying/retry-conditions.js'

export interface TimeLimits {
  /** How long opening a connection may take, TLS included; milliseconds > 0. Default 5000. */
  readonly connectMs?: number | undefined
  /**
   * From the end of the request to the head of its response; milliseconds > 0. Default 30000, or none where
   * `attemptMs` or `totalMs` is given.
   */
  readonly responseHeadersMs?: number | undefined
  /** Between two parts of a body, of a streamed request or of its response; milliseconds > 0. Default 30000. */
  readonly bodyIdleMs?: number | undefined
  /** One attempt, from its start to the head of its response, less the sending of a streamed request; ms > 0. Default: none. */
  readonly attemptMs?: number | undefined
  /** The whole call, attempts, waits and the response's body included; milliseconds > 0. Default 60000. */
  readonly totalMs?: number | undefined
  /** Whether the total goes on until the body has been read, or ends with its head. Default: whether `totalMs` is given. */
  readonly totalCoversBody?: boolean | undefined
}

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
  /** Retries that may run at the same time; an integer >= 1. Default: no limit. */
  readonly concurrency?: number | undefined
  /**
   * The longest `Retry-After` that is waited for, in milliseconds: who is asked to wait longer does not try again.
   * `false` takes no notice of it. Default 60000.
   */
  readonly maxPushbackMs?: number | false | undefined
}

/** Options of a circuit breaker. */
export type BreakerRules = CircuitBreakerOptions & {
  /** The former place of `answers`, with the same meaning. */
  readonly answers?: readonly RetryOn[] | undefined
}

export interface BulkheadRules {
  /** Calls at one time, an integer >= 1. */
  readonly concurrency: number
  /** Calls that may wait, an integer >= 0. Default 0. */
  readonly queue?: number | undefined
  /** How long one may wait, in milliseconds. Default 1000. */
  readonly maxWaitMs?: number | undefined
  /** Connections to the callee, to all of its endpoints together; an integer >= 1. Default: no limit. */
  readonly connections?: number | undefined
  /** Requests that may wait for one of these connections; an integer >= 0. Default: no limit. */
  readonly pending?: number | undefined
}

export interface CacheRules {
  /** Milliseconds > 0. */
  readonly maxAgeMs: number
  /** Responses that are kept; the least recently used goes first. Default 1000. */
  readonly max?: number | undefined
  /** Bytes of one response that is kept. Default 65536. */
  readonly bytesMax?: number | undefined
}

/**
 * What the caller gets when the destination cannot answer: no answer, a refusal, a time limit, a status >= 500 or 429.
 * The first kind that has one answers: the last good response, the queue, the fixed answer.
 */
export interface FallbackSettings {
  /** Answers with this status. Default 200 with a `body`. */
  readonly status?: number | undefined
  /** Sent as JSON. */
  readonly body?: unknown
  /** Answers a GET with the last good response to the same key, if that is not older. */
  readonly cache?: CacheRules | undefined
  /** Where the request is kept for later, by name. */
  readonly queue?: string | undefined
}

/** Those settings of a call that its policies keep: all but what answers in its place. */
export type PolicySettings = Omit<CallSettings, 'fallback'>

/** How calls to a destination behave. What is left out does not happen, time limits and retries apart. */
export interface CallSettings {
  /** `false` for none, as where a sidecar limits. Limits left out have the defaults of `TimeLimits`. */
  readonly timeout?: TimeLimits | false | undefined
  /** `false` for one attempt only. Default: 3 attempts. */
  readonly retry?: RetryRules | false | undefined
  /**
   * Statuses that are answers to pass on and no failures, one by one or by group (`5xx`, `gateway-error`): they open no
   * circuit, eject no endpoint, are not tried again or replaced by a fallback, and count as successes. Default none.
   */
  readonly answers?: readonly RetryOn[] | undefined
  /** When to stop calling for a while. A status >= 500 is a failure, unless it is one of `answers`. Default: none. */
  readonly breaker?: BreakerRules | undefined
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
  /**
   * How long an endpoint that joins, or is back after it was left out, takes to come to its full share of requests, in
   * milliseconds > 0: it begins with a tenth of it. Default: none.
   */
  readonly warmUpMs?: number | undefined
  /** What keeps requests at one endpoint, for `balance: 'ring-hash'`. Default: nothing. */
  readonly hashOn?: HashKey | undefined
  /** Answers for a destination that cannot. Default: none. */
  readonly fallback?: FallbackSettings | undefined
  /** By method and path, such as `{ 'POST /charges': 'by-key' }`: whether it may be repeated, and a name for metrics. */
  readonly operations?: Readonly<Record<string, Idempotence>> | ReadonlyMap<string, Idempotence> | undefined
  /** `observe`: decide and report, enforce nothing. Default `enforce`. */
  readonly mode?: Mode | undefined
}
