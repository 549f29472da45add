import type { Verdict } from '../outcome/verdict.js'

/**
 * How many further tries (retries and hedges together) the callers of one destination may make, so that tries
 * do not multiply just when the destination can bear them least. Share one budget among all policies that call
 * the same destination.
 *
 * A driver reports every first try with `started` and `ended`, and asks for every further one with `withdraw`,
 * after it has reported how the try before it ended. Each `withdraw` that was granted is followed by exactly one
 * `returned`, also when the further try was given up before it began (verdict `ignored`).
 */
export interface RetryBudget {
  /** `false` if `ended` and `returned` do nothing, so that a driver may leave them out. */
  readonly countsEnds?: boolean
  /** The first try of a call begins. */
  started(now: number): void
  /** The first try of a call ended. */
  ended(now: number, verdict: Verdict): void
  /** Asks for one further try. */
  withdraw(now: number): boolean
  /** A further try ended. */
  returned(now: number, verdict: Verdict): void
  /** How many further tries would be granted now, one after the other; whole, at least 0, perhaps `Infinity`. */
  remaining(now: number): number
}
