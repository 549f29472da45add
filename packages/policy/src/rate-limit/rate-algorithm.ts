/** One way to count calls against a rate. */
export interface RateAlgorithm {
  /** The next free moment, `now` or later. */
  freeAt(now: number): number
  /** Takes a moment that `freeAt` has just given. */
  take(at: number): void
  /** What `restore` needs, with times relative to `now`. */
  save(now: number): readonly number[]
  /** Puts saved times back, given the moment that they were relative to. */
  restore(saved: readonly number[], savedAt: number): void
}
