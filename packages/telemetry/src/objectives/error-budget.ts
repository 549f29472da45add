import { burnWindowsOf, measuredWindowsMs, type BurnWindows } from './burn-windows.js'
import type { Objective } from './objective.js'
import { SlidingCounts } from './sliding-counts.js'

/** How an alert stands. */
export interface BurnAlert extends BurnWindows {
  readonly firing: boolean
  /** How many times too fast the budget burns, over the long and the short window. */
  readonly longRate: number
  readonly shortRate: number
}

/** Events are gathered for this long before they enter the windows. It is the bucket of the shortest, five minutes. */
const SLICE_MS = 5_000

/**
 * How fast one objective's error budget burns, and what is left of it. A decision: time is an argument, in monotonic
 * milliseconds. An event costs a comparison and two additions; its time counts to within five seconds.
 */
export class ErrorBudget {
  readonly objective: Objective
  /** The alerts that this objective can raise. */
  readonly windows: readonly BurnWindows[]
  /** Over which times the burn rate is known, in milliseconds, ascending. */
  readonly windowsMs: readonly number[]
  readonly #counts: ReadonlyMap<number, SlidingCounts>
  #sliceEndsAt: number = -Infinity
  #total: number = 0
  #bad: number = 0

  constructor(objective: Objective) {
    this.objective = objective
    this.windows = burnWindowsOf(objective)
    this.windowsMs = measuredWindowsMs(objective)
    this.#counts = new Map(this.windowsMs.map((windowMs) => [windowMs, new SlidingCounts(windowMs)]))
  }

  record(now: number, good: boolean): void {
    if (now >= this.#sliceEndsAt) this.#nextSlice(now)
    this.#total += 1
    if (!good) this.#bad += 1
  }

  /**
   * How many times faster than allowed bad events come: 1 uses the budget up just at the end of the window, 0 is none.
   *
   * @throws {RangeError} when the window is not one of `windowsMs`
   */
  burnRate(now: number, windowMs: number): number {
    return this.#badShare(now, windowMs) / this.objective.allowed
  }

  /** The share of the budget that is left: 1 untouched, 0 used up, negative beyond. */
  remaining(now: number): number {
    return 1 - this.burnRate(now, this.objective.windowMs)
  }

  alerts(now: number): BurnAlert[] {
    return this.windows.map((alert) => {
      const longRate = this.burnRate(now, alert.longMs)
      const shortRate = this.burnRate(now, alert.shortMs)
      return { ...alert, longRate, shortRate, firing: longRate > alert.factor && shortRate > alert.factor }
    })
  }

  #badShare(now: number, windowMs: number): number {
    const counts = this.#counts.get(windowMs)
    if (counts === undefined) {
      const known = this.windowsMs.join(', ')
      throw new RangeError(`cannot tell burn rate: windowMs must be one of ${known}, got ${windowMs}`)
    }
    this.#flush()
    counts.advance(now)
    return counts.total === 0 ? 0 : counts.bad / counts.total
  }

  #nextSlice(now: number): void {
    this.#flush()
    this.#sliceEndsAt = (Math.floor(now / SLICE_MS) + 1) * SLICE_MS
  }

  #flush(): void {
    if (this.#total === 0) return
    const startedAt = this.#sliceEndsAt - SLICE_MS
    for (const counts of this.#counts.values()) counts.add(startedAt, this.#total, this.#bad)
    this.#total = 0
    this.#bad = 0
  }
}
