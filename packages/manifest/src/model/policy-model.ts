import type { Jitter, LimitAlgorithmName } from '@watertight/policy/defaults'
import type { DocumentPath } from '../source/manifest-source.js'
import type { Balance } from '../words/balance-names.js'
import type { AnswerCondition, RetryCondition } from '../words/failure-words.js'
import type { HashKey } from '../words/hash-key.js'
import type { Instance } from '../words/instance-names.js'
import type { Mode } from '../words/mode-names.js'
import type { Origin } from './origin.js'

export interface TimeoutModel {
  readonly connectMs: number
  readonly attemptMs: number | undefined
  readonly totalMs: number
  /** The longest silence. It counts from the head of the answer on; before it only where the document gives it. */
  readonly idleMs: number
}

export interface RetryModel {
  /** Every try, the first included. */
  readonly attempts: number
  readonly on: readonly RetryCondition[]
  readonly backoff: {
    readonly initialMs: number
    readonly maxMs: number
    readonly jitter: Jitter
    /** The longest `Retry-After` that is waited for; undefined to take no notice of any. */
    readonly pushbackMs: number | undefined
  }
  readonly budget:
    | {
        readonly ratio: number
        readonly minimum: number
        /** Further tries at one time. */
        readonly concurrency: number | undefined
      }
    | undefined
}

export interface BreakerModel {
  readonly window: { readonly calls: number } | { readonly durationMs: number }
  readonly minimumCalls: number
  readonly failureRate: number
  readonly consecutiveFailures: number | undefined
  readonly slowCalls: { readonly overMs: number; readonly rate: number } | undefined
  readonly openForMs: number
  readonly halfOpenCalls: number
}

export interface BulkheadModel {
  readonly concurrency: number
  readonly queue: number
  readonly maxWaitMs: number
  readonly connections: number | undefined
  /** Requests that wait for a connection. */
  readonly pending: number | undefined
}

export interface AdaptiveLimitModel {
  readonly initial: number
  readonly min: number
  readonly max: number
  readonly queue: number
  readonly maxWaitMs: number
  readonly algorithm: LimitAlgorithmName
}

export interface EjectionModel {
  readonly consecutiveFailures: number
  readonly intervalMs: number
  readonly baseEjectionMs: number
  readonly maxEjected: number
  /** Undefined for off. */
  readonly panic: number | undefined
}

export interface RateLimitModel {
  readonly limit: number
  readonly perMs: number
  readonly burst: number
}

export interface HedgeModel {
  readonly afterMs: number
  /** Further requests beside the first. */
  readonly extra: number
}

/** A policy with `extends` followed, units removed and defaults filled in. */
export interface PolicyModel {
  /** Empty for a call that names no policy. */
  readonly name: string
  readonly path: DocumentPath
  readonly mode: Mode
  readonly instance: Instance
  /** Undefined only for `timeout: off`: a call that says nothing has the default limits. */
  readonly timeout: TimeoutModel | undefined
  readonly retry: RetryModel | undefined
  readonly breaker: BreakerModel | undefined
  readonly bulkhead: BulkheadModel | undefined
  readonly adaptiveLimit: AdaptiveLimitModel | undefined
  readonly ejection: EjectionModel | undefined
  readonly rateLimit: RateLimitModel | undefined
  readonly hedge: HedgeModel | undefined
  /** Statuses that are answers and no failures, for everything that judges; `someMatchesStatus` reads them. */
  readonly answers: readonly AnswerCondition[]
  readonly balance: Balance
  readonly hashOn: HashKey | undefined
  /** Undefined for off. */
  readonly warmUpMs: number | undefined
  /** Where each value came from, by its dotted name in the document: `retry.backoff.jitter`. */
  readonly origins: ReadonlyMap<string, Origin>
}
