import { LONGEST_DELAY_MS, type Clock, type Timer } from './clock.js'

const platformTimer = globalThis.setTimeout

/** Whether a test runner has put fake timers in place. */
export function timersAreFake(): boolean {
  return setTimeout !== platformTimer
}

/**
 * The time of `performance.now()`, which in Node gives each reading a box of 16 bytes. So where there is `hrtime` it is
 * read instead: the same clock, from another moment on. Under fake timers, which replace `performance` too, their time
 * holds.
 */
function monotonicNow(): () => number {
  const { process } = globalThis as { readonly process?: NodeProcess }
  const hrtime = process?.release?.name === 'node' ? process.hrtime : undefined
  if (hrtime === undefined) return () => performance.now()
  const [seconds, nanoseconds] = hrtime()
  const offsetMs = performance.now() - (seconds * 1e3 + nanoseconds / 1e6)
  return () => {
    if (timersAreFake()) return performance.now()
    const time = hrtime()
    return time[0] * 1e3 + time[1] / 1e6 + offsetMs
  }
}

/** The platform's clock: its monotonic time for every duration, and its timers. */
export const systemClock: Clock = {
  now: monotonicNow(),
  wallNow: () => Date.now(),
  setTimer,
  slackMs: 10,
}

/** What Node has and a browser's stand-in for `process` may lack. */
interface NodeProcess {
  readonly release?: { readonly name?: string }
  readonly hrtime?: () => [number, number]
}

function setTimer(delayMs: number, callback: () => void, holdsProcess: boolean = false): Timer {
  let handle: ReturnType<typeof setTimeout>
  /** A delay that a platform timer cannot count is waited for in parts. */
  const start = (ms: number): void => {
    const part = Math.min(ms, LONGEST_DELAY_MS)
    handle = setTimeout(ms > part ? () => start(ms - part) : callback, part)
    // Browsers hand out a number, which keeps nothing alive.
    if (!holdsProcess) (handle as { unref?: () => void }).unref?.()
  }
  // Rounded up: platform timers count whole milliseconds and must not fire before the time asked for.
  start(Math.ceil(delayMs))
  return { cancel: () => clearTimeout(handle) }
}
