import type { Verdict } from '../outcome/verdict.js'

/** A result that is there and may still turn out a failure, such as an answer whose body is on its way. */
export interface UnsettledResult {
  /**
   * Calls back when it is known how the result counts: once, or once more with `failure` for one that was taken for a
   * success before it was over.
   */
  whenSettled(callback: (verdict: Verdict, failure?: unknown) => void): void
}
