import type { Outcome } from '../outcome/outcome.js'

/**
 * What an engine calls, by callbacks: a request that is to be forwarded, a call in a simulation.
 *
 * All three may be called while the engine is being told something, so they must not throw; what `start` throws fails
 * the attempt.
 */
export interface Operation {
  /** Begins a try. The attempt is to be told how that ended, once, now or later, even after it was stopped. */
  start(attempt: Attempt): void
  /** Nobody waits for this attempt any more: its time is over, another was faster, or the call was cancelled. */
  stop(attempt: Attempt, reason: unknown): void
  /** The call is over. Called once. */
  ended(outcome: Outcome<unknown>): void
}

/** One try of an operation. */
export interface Attempt {
  /** Which try this is, from 1. */
  readonly number: number
  /**
   * When the innermost time limit passes, in the monotonic milliseconds of the engine's clock; `Infinity` without a
   * limit, `-Infinity` once nobody waits for it any more.
   */
  readonly deadline: number
  /** @throws {Error} when the attempt was told already how it ended */
  succeed(value: unknown): void
  /** @throws {Error} when the attempt was told already how it ended */
  fail(error: unknown): void
}

/** Something that a callback of a policy, such as the `value` of a fallback, can only say later. */
export class Pending {
  readonly start: (attempt: Attempt) => void

  constructor(start: (attempt: Attempt) => void) {
    this.start = start
  }
}
