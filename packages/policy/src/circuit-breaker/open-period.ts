/** What a snapshot tells of it. */
interface SavedPeriod {
  readonly openRemainingMs: number
  readonly openings: number
}

/** How long state open lasts. */
export interface OpenPeriodLimits {
  readonly openForMs: number
  readonly growthFactor: number
  readonly openMaxMs: number
  readonly jitter: 'full' | 'equal' | 'none'
}

/**
 * The time in state open. Capped exponential growth with jitter, as for retries (Brooker, Exponential Backoff and
 * Jitter, 2015): the breakers of many processes that opened together should not try again together.
 */
export class OpenPeriod {
  until = 0
  /** How many times the circuit has opened since it was last closed. */
  openings = 0

  begin(at: number, limits: OpenPeriodLimits, random: () => number): void {
    const { openMaxMs, openForMs, growthFactor, jitter } = limits
    const grown = Math.min(openMaxMs, openForMs * growthFactor ** this.openings)
    const share = jitter === 'none' ? 1 : jitter === 'full' ? random() : (1 + random()) / 2
    this.until = at + grown * share
    this.openings++
  }

  /** Goes on with a period of another circuit, `elapsedMs` after that was saved. */
  resume(saved: SavedPeriod, limits: OpenPeriodLimits, now: number, elapsedMs: number): void {
    this.until = now + Math.max(0, Math.min(saved.openRemainingMs, limits.openMaxMs) - elapsedMs)
    this.openings = saved.openings
  }
}
