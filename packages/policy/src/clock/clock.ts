/** Where policies get time from. One real form, and a virtual one in the test kit. */
export interface Clock {
  /** Monotonic milliseconds, with fractions, from an arbitrary start >= 0. */
  now(): number
  /** Milliseconds since the Unix epoch. Read for snapshots only, since it may jump. */
  wallNow(): number
  /** Calls back once, `delayMs` from now or a little later. Never keeps the process alive. */
  setTimer(delayMs: number, callback: () => void): Timer
}

export interface Timer {
  cancel(): void
}
