const STEP_MS = 100
const MAX_MS = 5_000
/** A program that was up this long has recovered: its next end begins a new series. */
const STABLE_MS = 10_000
/** This many ends in a row, each soon after its start, are a crash loop. */
const CRASH_LOOP_EXITS = 5
/** That a program runs is known once it has not ended at once. */
const RUNS_MS = 500

/** What to do about a program that ended. */
export interface RestartDecision {
  readonly delayMs: number
  /** Restarting has not helped for some time: a person should look. */
  readonly crashLoop: boolean
}

/** When a program that ended is started again: at once, and if that does not help after 100 ms, doubled up to 5 s. */
export class RestartBackoff {
  #exits = 0

  /**
   * How long a program that nobody can ask has to run until it counts as ready: the more often it has ended, the longer, up to where
   * it has recovered.
   */
  get provenAfterMs(): number {
    return Math.min(STABLE_MS, RUNS_MS * 2 ** this.#exits)
  }

  exited(upForMs: number): RestartDecision {
    if (upForMs >= STABLE_MS) this.#exits = 0
    this.#exits += 1
    return {
      delayMs: this.#exits === 1 ? 0 : Math.min(MAX_MS, STEP_MS * 2 ** (this.#exits - 2)),
      crashLoop: this.#exits >= CRASH_LOOP_EXITS,
    }
  }
}
