import { LONGEST_DELAY_MS, type Clock, type Timer } from './clock.js'

// Node makes the one a getter, and reading it once halves the price of reading the time; a test runner replaces both by
// fakes, and then their time holds.
const { performance: monotonic, setTimeout: platformTimer } = globalThis

/** The platform's clock: its monotonic time for every duration, and its timers. */
export const systemClock: Clock = {
  now: () => (setTimeout === platformTimer ? monotonic : performance).now(),
  wallNow: () => Date.now(),
  setTimer,
}

function setTimer(delayMs: number, callback: () => void, holdsProcess: boolean = false): Timer {
  let handle: ReturnType<typeof setTimeout>
  /** A delay that a platform timer cannot count is waited for in parts. */
  const start = (ms: number): void => {
    const rest = ms - LONGEST_DELAY_MS
    handle = rest > 0 ? setTimeout(() => start(rest), LONGEST_DELAY_MS) : setTimeout(callback, ms)
    // Browsers hand out a number, which keeps nothing alive.
    if (!holdsProcess) (handle as { unref?: () => void }).unref?.()
  }
  // Rounded up: platform timers count whole milliseconds and must not fire before the time asked for.
  start(Math.ceil(delayMs))
  return { cancel: () => clearTimeout(handle) }
}
