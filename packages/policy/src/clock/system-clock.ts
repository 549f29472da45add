import type { Clock, Timer } from './clock.js'

/** The longest delay of a platform timer; a longer one would fire at once. */
export const LONGEST_DELAY_MS: number = 2 ** 31 - 1

// Node makes the global a getter; reading it once halves the price of reading the time.
const monotonic = globalThis.performance

/** The platform's clock: `performance.now()` for every duration, and its timers. */
export const systemClock: Clock = {
  now: () => monotonic.now(),
  wallNow: () => Date.now(),
  setTimer: (delayMs, callback, holdsProcess = false) => new SystemTimer(delayMs, callback, holdsProcess),
}

class SystemTimer implements Timer {
  readonly #handle: ReturnType<typeof setTimeout>

  constructor(delayMs: number, callback: () => void, holdsProcess: boolean) {
    // Rounded up: platform timers count whole milliseconds and must not fire before the time asked for.
    this.#handle = setTimeout(callback, Math.min(Math.ceil(delayMs), LONGEST_DELAY_MS))
    // Browsers hand out a number, which keeps nothing alive.
    const handle: unknown = this.#handle
    if (!holdsProcess && typeof handle === 'object' && handle !== null && 'unref' in handle) {
      ;(handle as { unref(): void }).unref()
    }
  }

  cancel(): void {
    clearTimeout(this.#handle)
  }
}
