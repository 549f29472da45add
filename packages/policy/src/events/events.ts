/**
 * What policies report. Listening can never change an outcome.
 *
 * Every event also carries `type` and `policy`, the name of the policy that reports it.
 */
export interface PolicyEvents {
  /** A call of this pipeline, or of this policy used alone, succeeded. */
  success: { readonly durationMs: number; readonly fallback: boolean }
  /** It failed, or ran out of time. */
  failure: { readonly durationMs: number; readonly error: unknown }
  /** It was refused before the operation ran. */
  refused: { readonly durationMs: number; readonly error: unknown }
  /** Its caller gave up. */
  aborted: { readonly durationMs: number; readonly error: unknown }

  /** A policy refused to start the operation. */
  refusal: { readonly code: string; readonly retryAfterMs: number | undefined }
  /**
   * Another try begins after `delayMs`; `attempt` is the number of the one that just failed, with an `error`, or with a
   * `value` that counts as a failure.
   */
  retry: { readonly attempt: number; readonly delayMs: number } & FailedWith
  /** A failure is passed on although tries are configured. */
  'retry-stopped': { readonly attempt: number; readonly reason: RetryStop } & FailedWith
  /** A time limit passed. */
  timeout: { readonly timeoutMs: number }
  /** A call waits for a slot. */
  queued: { readonly queued: number }
  /** A second run was started beside a slow first one; `attempt` is its number, from 2. */
  hedge: { readonly attempt: number; readonly delayMs: number }
  /** A failure was answered from elsewhere. */
  fallback: { readonly error: unknown }
  /**
   * A circuit breaker changed its state: one that opened, for `retryAfterMs`. If it was a call that ended, `error` or `value`
   * is what that ended with.
   */
  state: {
    readonly from: string
    readonly to: string
    readonly trigger: string
    readonly retryAfterMs: number | undefined
  } & Partial<FailedWith>
  /** A circuit breaker that only observes would have refused this call. */
  'would-refuse': { readonly code: string; readonly retryAfterMs: number | undefined }
  /** In observe mode: so long would have been too long for an attempt or the call. */
  'would-time-out': { readonly durationMs: number }
  /** In observe mode: another try would have been made after `attempt`. */
  'would-retry': { readonly attempt: number }
  /** A cache answered, and how. */
  cache: { readonly key: string; readonly result: CacheResult }
  /** An adaptive limit moved. */
  limit: { readonly from: number; readonly to: number }
}

/** How a try failed: one of both is undefined. */
export interface FailedWith {
  readonly error: unknown
  readonly value: unknown
}

export type RetryStop = 'attempts' | 'deadline' | 'pushback' | 'budget' | 'not-idempotent'

export type CacheResult = 'hit' | 'stale' | 'stale-if-error' | 'coalesced' | 'miss'

export type EventType = keyof PolicyEvents

/** One event as a listener gets it. */
export type PolicyEvent<T extends EventType = EventType> = T extends EventType
  ? PolicyEvents[T] & { readonly type: T; readonly policy: string }
  : never

export type Listener<T extends EventType> = (event: PolicyEvent<T>) => void
