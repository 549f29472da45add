import type { Jitter, LimitAlgorithmName } from '@watertight/policy/defaults'
import type { Duration } from '../units/duration.js'
import type { Percentage } from '../units/percentage.js'
import type { Balance } from '../words/balance-names.js'
import type { AnswerCondition, RetryCondition } from '../words/failure-words.js'
import type { HashKey } from '../words/hash-key.js'
import type { Instance } from '../words/instance-names.js'
import type { Mode } from '../words/mode-names.js'

/** Time limits of one call. A call that says nothing may connect for 5 s and take 60 s in all; `off` removes both. */
export interface TimeoutDocument {
  /** How long opening a connection may take. */
  readonly connect?: Duration
  /** How long one attempt may take, connecting included. */
  readonly attempt?: Duration
  /** How long the caller waits in all: attempts and the waits between them. */
  readonly total?: Duration
  /** How long a stream may be silent in both directions. */
  readonly idle?: Duration
}

/** Trying again. `attempts` counts every try, the first included. */
export interface RetryDocument {
  readonly attempts?: number
  readonly on?: readonly RetryCondition[]
  readonly backoff?: {
    readonly initial?: Duration
    readonly max?: Duration
    readonly jitter?: Jitter
    /** The longest `Retry-After` that is waited for; `off` takes no notice of it. */
    readonly pushback?: Duration | 'off'
  }
  /** The share of calls that may be retries, and how many are always allowed; `off` removes the limit. */
  readonly budget?:
    | {
        readonly ratio?: Percentage
        readonly minimum?: number
        /** At one time. */ readonly concurrency?: number
      }
    | 'off'
}

/** The circuit breaker: when it opens, for how long, and how it probes. */
export interface BreakerDocument {
  /** The calls that are judged: the last `calls`, or those of the last `duration`. */
  readonly window?: { readonly calls?: number; readonly duration?: Duration }
  readonly minimumCalls?: number
  readonly failureRate?: Percentage
  readonly consecutiveFailures?: number
  readonly slowCalls?: { readonly over: Duration; readonly rate?: Percentage }
  readonly openFor?: Duration
  readonly halfOpenCalls?: number
  /** @deprecated write `answers` beside `breaker`: what is an answer is one for everything */
  readonly answers?: readonly AnswerCondition[]
}

/** How many calls may run at once, how many may wait, and for how long. */
export interface BulkheadDocument {
  readonly concurrency?: number
  readonly queue?: number
  readonly maxWait?: Duration
  /** Connections to the callee, of all its endpoints together. */
  readonly connections?: number
  /** Requests that wait for one of these connections. */
  readonly pending?: number
}

/** How many calls may run at once, as they fare: the limit shrinks while calls are slow or fail, and grows back after. */
export interface AdaptiveLimitDocument {
  readonly initial?: number
  readonly min?: number
  readonly max?: number
  /** Calls beyond the limit that may wait for a moment. */
  readonly queue?: number
  readonly maxWait?: Duration
  readonly algorithm?: LimitAlgorithmName
}

/** When an endpoint is left alone, and for how long. */
export interface EjectionDocument {
  readonly consecutiveFailures?: number
  readonly interval?: Duration
  readonly baseEjection?: Duration
  readonly maxEjected?: Percentage
  /** Below this share of endpoints that are well, all of them are used. */
  readonly panic?: Percentage | 'off'
}

export interface RateLimitDocument {
  readonly limit: number
  readonly per?: Duration
  readonly burst?: number
}

/** A second try in parallel when the first one is late. */
export interface HedgeDocument {
  readonly after: Duration
  /** Further requests beside the first. */
  readonly extra?: number
  /** @deprecated write `extra`: `attempts` of a retry counts the first try, this never did */
  readonly attempts?: number
}

/** The parts that a policy and a single call may both set; `off` removes an inherited part. */
export interface PolicySections {
  readonly timeout?: TimeoutDocument | 'off'
  readonly retry?: RetryDocument | 'off'
  readonly breaker?: BreakerDocument | 'off'
  readonly bulkhead?: BulkheadDocument | 'off'
  readonly adaptiveLimit?: AdaptiveLimitDocument | 'off'
  readonly ejection?: EjectionDocument | 'off'
  readonly rateLimit?: RateLimitDocument | 'off'
  readonly hedge?: HedgeDocument | 'off'
  /**
   * Statuses that are answers to pass on and no failures, for everything that judges: breaker, ejection, fallback,
   * retry and metrics. An answer is never tried again. Default none.
   */
  readonly answers?: readonly AnswerCondition[] | 'off'
  readonly balance?: Balance
  /** What keeps requests together, for `balance: ring-hash` and for the split of a route; `off` removes an inherited one. */
  readonly hashOn?: HashKey | 'off'
  /** How long an endpoint that joins, or is back, takes to come to its full share of requests; `off`, the default, for no time. */
  readonly warmUp?: Duration | 'off'
  readonly mode?: Mode
}

/** A named policy. */
export interface PolicyDocument<Policy extends string = string> extends PolicySections {
  readonly description?: string
  readonly extends?: Policy
  /** `per-callee` (the default) keeps breaker and bulkhead of each callee apart; `shared` uses one for all. */
  readonly instance?: Instance
}
