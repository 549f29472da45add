import type { Refusal } from '../outcome/refusal.js'
import type { Verdict } from '../outcome/verdict.js'

/** The permit of a decision that counts what it admits and need not tell it apart. */
export const PERMIT = 1

/**
 * The shape of every decision that lets work in: circuit breaker, retry budget, and, with waiting, bulkhead,
 * adaptive limit and rate limit.
 *
 * `now` is monotonic milliseconds and never goes back from one call of a method to the next. A decision answers the
 * same to the same calls, starts nothing and allocates nothing to admit.
 */
export interface Admission {
  /**
   * A permit, which is a positive number, or the refusal, which leaves the decision as it was. A higher `priority` is
   * more important, where the decision heeds it.
   */
  admit(now: number, priority?: number): number | Refusal
  /**
   * The admitted work has ended, after running for `durationMs`. Exactly once for each permit: it gives back what the
   * permit took. An ignored verdict does that alone and counts for nothing.
   */
  settle(permit: number, now: number, verdict: Verdict, durationMs: number): void
}
