import type { Random } from '../clock/random.js'

/** What one finished call tells about the destination. The object is reused: read it, do not keep it. */
export interface LimitSample {
  /** How long the call ran, in milliseconds, its wait for a slot not included. */
  readonly rttMs: number
  /** Calls in flight when it started, itself included. */
  readonly inFlight: number
  /** It failed: timed out, or was turned away. */
  readonly dropped: boolean
  /** Monotonic milliseconds. */
  readonly now: number
}

/** Moves a concurrency limit by what calls show. Its owner keeps the limit and holds it within its bounds. */
export interface LimitAlgorithm {
  /** The next limit, given the present one; fractions accumulate. */
  update(limit: number, sample: LimitSample): number
}

/** Creates an algorithm for one limit, since its state must not be shared by two. */
export type LimitAlgorithmFactory = (random: Random) => LimitAlgorithm
