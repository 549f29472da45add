/** How a call ended, as a value: what `outcome()` resolves to, and it never rejects. */
export type Outcome<T> = Success<T> | Failure

export interface Success<T> {
  readonly ok: true
  readonly value: T
  /** `true` when the value came from a fallback or from a cache's stale entry, not from the operation. */
  readonly fallback: boolean
}

export interface Failure {
  readonly ok: false
  readonly error: unknown
  /**
   * - `failure`: the operation failed or ran out of time
   * - `refusal`: a policy refused to start it
   * - `abort`: the caller's signal was aborted; `error` is its reason
   */
  readonly reason: 'failure' | 'refusal' | 'abort'
}
