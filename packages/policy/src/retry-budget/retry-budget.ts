import type { Admission } from '../admission/admission.js'
import { RefusalError, type Refusal } from '../outcome/refusal.js'

/** The permit of a call's first try. */
export const FIRST_TRY = 1
/** The permit of a further try. */
export const FURTHER_TRY = 2

/**
 * How many further tries (retries and hedges together) the callers of one destination may make, so that tries
 * do not multiply just when the destination can bear them least. Share one budget among all policies that call
 * the same destination.
 *
 * A driver reports every first try with `start`, and asks to `admit` every further one, after it has settled the try
 * before it. Each try is settled exactly once with its own permit, also a further one that was given up before it
 * began (verdict `ignored`).
 */
export interface RetryBudget extends Admission {
  /** `false` if `settle` does nothing, so that a driver may leave it out. */
  readonly countsEnds?: boolean
  /**
   * Within how many milliseconds it does not matter when a first try began: `start` may be told a time that lies as far back.
   * Default 0.
   */
  readonly granularityMs?: number
  /** The first try of a call begins; it is never refused. Answers its permit. */
  start(now: number): number
  /** Asks for one further try. */
  admit(now: number): number | Refusal
  /** How many further tries would be admitted now, one after the other; whole, at least 0, perhaps `Infinity`. */
  remaining(now: number): number
}

/** The answer to every try that a budget has nothing left for. */
export const BUDGET_SPENT: Refusal = {
  code: 'WT_RETRY_BUDGET',
  toError: () => new RefusalError('WT_RETRY_BUDGET', 'cannot try again: the retry budget is spent'),
}
