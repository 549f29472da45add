import type { CallTraits } from '../engine/call-state.js'

/** What is called: it may return a value, or a promise of one. */
export type Operation<T> = (context: OperationContext) => T | PromiseLike<T>

/** What an operation is told about the try that it is. */
export interface OperationContext {
  /**
   * Aborted when the caller gives up or a time limit passes, and never once the operation has succeeded, so
   * that a response body can still be read. Made on first reading: a call that does not look pays nothing.
   */
  readonly signal: AbortSignal
  /** Which try this is, from 1. */
  readonly attempt: number
  /**
   * When the innermost time limit passes, in the monotonic milliseconds of `performance.now()`. `Infinity`
   * without a limit, `-Infinity` once the call is over.
   */
  readonly deadline: number
}

/** What a caller may say about one call. */
export interface CallOptions extends CallTraits {
  /** The caller's own signal. Its abort settles the call at once with its reason. */
  readonly signal?: AbortSignal | undefined
}
