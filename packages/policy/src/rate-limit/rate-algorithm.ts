/** One way to count calls against a rate. */
export interface RateAlgorithm {
  /**
   * Reserves the next free moment if it is at most `maxWaitMs` away, and answers the wait in milliseconds, at
   * least 0. Otherwise reserves nothing and answers the negative of the wait until that would succeed.
   */
  reserve(now: number, maxWaitMs: number): number
  /** What `restore` needs, with times relative to `now`. */
  save(now: number): readonly number[]
  /** Puts saved times back, given the moment that they were relative to. */
  restore(saved: readonly number[], savedAt: number): void
}
