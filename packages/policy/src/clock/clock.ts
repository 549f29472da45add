/** Where policies get time from. One real form, and a virtual one in the test kit. */
export interface Clock {
  /** Monotonic milliseconds, with fractions, of `performance.now()` for the real form. */
  now(): number
  /** Milliseconds since the Unix epoch. Read for snapshots only, since it may jump. */
  wallNow(): number
  /**
   * Calls back once, `delayMs` from now or a little later.
   *
   * A timer that only watches over something does not keep the process alive. One that is itself what a caller
   * waits for, such as the delay before a retry, must (`holdsProcess`): a script that retries would otherwise end
   * silently in the middle of its call.
   */
  setTimer(delayMs: number, callback: () => void, holdsProcess?: boolean): Timer
  /**
   * How much later than asked a time limit may pass, in milliseconds, so that a call that is over sooner need not read the
   * clock at all. Default: every limit is exact.
   */
  readonly slackMs?: number | undefined
}

export interface Timer {
  cancel(): void
}

/** The longest delay of a platform timer; a longer one would fire at once. */
export const LONGEST_DELAY_MS: number = 2 ** 31 - 1
