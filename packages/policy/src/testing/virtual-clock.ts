/// <reference lib="esnext.disposable" preserve="true" />
import type { Clock, Timer } from '../clock/clock.js'
import type { Random } from '../clock/random.js'
import { replaceRuntime } from '../clock/runtime.js'
import { checkOptions } from '../options/check-options.js'
import { atLeast, integerOrInfinity } from '../options/rules.js'
import { OptionError } from '../options/option-error.js'
import { TimerHeap } from './timer-heap.js'

export interface VirtualClockOptions {
  /** Monotonic milliseconds at the start, >= 0. Default 0. */
  readonly startMs?: number
  /** Milliseconds since the Unix epoch at the start. Default: the first moment of 2026, UTC. */
  readonly wallStartMs?: number
  /** How many timers may run in one go, so that no chain is endless: an integer >= 1 or `Infinity`. Default 100000. */
  readonly timersMax?: number
}

/** Time that stands still until a test moves it. */
export interface VirtualClock extends Clock {
  /** Timers that have neither fired nor been cancelled. */
  readonly pending: number
  /**
   * Makes every policy of this process read this clock, and that randomness if given. Returns the function that
   * restores the former ones; disposing of the clock does it too.
   */
  install(random?: Random): () => void
  /**
   * Moves time on by `ms` and runs the timers that fall due: by time, and of one time in the order in which
   * they were set. Microtasks are run to their end before the first timer and after each.
   *
   * @throws {OptionError} when `ms` is not a finite number >= 0
   * @throws {RangeError} when another `advance` or `runAll` is under way, or timers keep setting timers for ever
   */
  advance(ms: number): Promise<void>
  /**
   * Moves time on from timer to timer until none is left.
   *
   * @throws {RangeError} as `advance` does
   */
  runAll(): Promise<void>
  /**
   * Moves time on as `advance` does, for what callbacks drive, such as an `Engine`: at once, and no promise gets a turn
   * meanwhile.
   *
   * @throws {OptionError} as `advance` does
   * @throws {RangeError} as `advance` does
   */
  advanceNow(ms: number): void
  /**
   * Moves time on from timer to timer until none is left, at once.
   *
   * @throws {RangeError} as `advance` does
   */
  runAllNow(): void
  [Symbol.dispose](): void
}

/**
 * A clock for tests, which moves only when told.
 *
 * Work that is ready without time passing (`await`s, settled promises) is let run between timers. JavaScript has
 * no way to ask whether such work is left, so a fixed number of turns of the microtask queue is given to it: 128,
 * enough for a chain of as many `await`s. Real input and output (sockets, files, worker threads) takes real time and
 * is not waited for. What callbacks drive needs no such turns: `advanceNow` and `runAllNow` give none.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 * @example
 * const clock = virtualClock()
 * const restore = clock.install()
 * const outcome = timeout({ ms: 1_000 }).outcome(() => new Promise(() => {}))
 * await clock.advance(1_000)
 * console.log((await outcome).ok) // false
 * restore()
 */
export function virtualClock(options: VirtualClockOptions = {}): VirtualClock {
  checkOptions('virtual clock', options, {
    startMs: atLeast(0),
    wallStartMs: atLeast(0),
    timersMax: integerOrInfinity(1),
  })
  const { startMs = 0, wallStartMs = WALL_START_MS, timersMax = TIMERS_MAX } = options
  return new SteppedClock(startMs, wallStartMs, timersMax)
}

const WALL_START_MS = 1_767_225_600_000
const MICROTASK_TURNS = 128
const TIMERS_MAX = 100_000

class SteppedClock implements VirtualClock {
  #now: number
  /** What wall time is ahead of monotonic time by. */
  readonly #wallAheadMs: number
  readonly #timersMax: number
  readonly #timers: TimerHeap = new TimerHeap()
  #moving: boolean = false
  readonly #restores: (() => void)[] = []

  constructor(startMs: number, wallStartMs: number, timersMax: number) {
    this.#timersMax = timersMax
    this.#now = startMs
    this.#wallAheadMs = wallStartMs - startMs
  }

  now(): number {
    return this.#now
  }

  wallNow(): number {
    return this.#now + this.#wallAheadMs
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    // As platform timers do: what is no positive number is no delay.
    return this.#timers.add(delayMs > 0 ? this.#now + delayMs : this.#now, callback)
  }

  get pending(): number {
    return this.#timers.size
  }

  install(random?: Random): () => void {
    const undo = replaceRuntime(random === undefined ? { clock: this } : { clock: this, random })
    const restore = (): void => {
      const index = this.#restores.indexOf(restore)
      if (index < 0) return
      this.#restores.splice(index, 1)
      undo()
    }
    this.#restores.push(restore)
    return restore
  }

  async advance(ms: number): Promise<void> {
    const until = this.#until(ms)
    await this.#move('advance', until)
    this.#now = until
  }

  async runAll(): Promise<void> {
    await this.#move('run', Infinity)
  }

  advanceNow(ms: number): void {
    const until = this.#until(ms)
    this.#moveNow('advance', until)
    this.#now = until
  }

  runAllNow(): void {
    this.#moveNow('run', Infinity)
  }

  [Symbol.dispose](): void {
    // The latest first, so that each puts back what it found.
    for (const restore of this.#restores.toReversed()) restore()
  }

  #until(ms: number): number {
    if (Number.isFinite(ms) && ms >= 0) return this.#now + ms
    throw new OptionError(`cannot advance virtual clock: ms must be a finite number >= 0, got ${ms}`, 'ms')
  }

  async #move(action: string, until: number): Promise<void> {
    this.#begin(action)
    try {
      await drainMicrotasks()
      for (let ran = 0; this.#runNext(action, until, ran); ran += 1) await drainMicrotasks()
    } finally {
      this.#moving = false
    }
  }

  #moveNow(action: string, until: number): void {
    this.#begin(action)
    try {
      for (let ran = 0; this.#runNext(action, until, ran); ran += 1);
    } finally {
      this.#moving = false
    }
  }

  #begin(action: string): void {
    if (this.#moving) {
      throw new RangeError(`cannot ${action} virtual clock: it is being moved already, await that first`)
    }
    this.#moving = true
  }

  /** Runs the next timer that is due; `false` when there is none. */
  #runNext(action: string, until: number, ran: number): boolean {
    const timer = this.#timers.first
    if (timer === undefined || timer.dueAt > until) return false
    if (ran === this.#timersMax) {
      throw new RangeError(
        `cannot ${action} virtual clock: at most ${this.#timersMax} timers may run in one go`,
      )
    }
    this.#timers.remove(timer)
    this.#now = Math.max(this.#now, timer.dueAt)
    timer.callback()
    return true
  }
}

async function drainMicrotasks(): Promise<void> {
  for (let turn = 0; turn < MICROTASK_TURNS; turn += 1) await Promise.resolve()
}
