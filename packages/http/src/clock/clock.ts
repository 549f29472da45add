/** Where the server side gets its time from. The virtual clock of `@watertight/policy/testing` fits. */
export interface Clock {
  /** Monotonic milliseconds, as of `performance.now()`. */
  now(): number
  /**
   * Calls back once, `delayMs` from now or a little later. A timer that only watches over something does not keep the
   * process alive; one that is itself what is waited for does (`holdsProcess`).
   */
  setTimer(delayMs: number, callback: () => void, holdsProcess?: boolean): Timer
}

export interface Timer {
  cancel(): void
}

const LONGEST_DELAY_MS = 2 ** 31 - 1
const monotonic = performance

/** The platform's clock. */
export const systemClock: Clock = {
  now: () => monotonic.now(),
  setTimer: (delayMs, callback, holdsProcess = false) => {
    const handle = setTimeout(callback, Math.min(Math.ceil(delayMs), LONGEST_DELAY_MS))
    if (!holdsProcess) handle.unref()
    return { cancel: () => clearTimeout(handle) }
  },
}
