import type { Measured } from './measurements.js'

const FIRST_RATE = 2
/** A shop that is warm answers half of its customers within this, at any rate that it can bear. */
const P50_MS = 300
const SECONDS_MAX = 20

/** What the next second of a warm-up is like, or how it ended. */
export interface WarmUpStep {
  readonly rate: number
  readonly isOver: boolean
  /** The wanted rate was not borne within the time that a warm-up may take. */
  readonly isTooSlow: boolean
}

/**
 * Decides, a second at a time, how a cold shop is brought to its rate: it doubles as long as answers come quickly, and
 * is halved when they do not. Code that has just been loaded is slow, and a machine may be busy; customers who come in
 * full force at once would only find time limits and open breakers, which say nothing about either.
 */
export class WarmUp {
  readonly #wanted: number
  #rate: number
  #seconds = 0
  /** The highest rate that was borne. */
  #borne = 0

  constructor(wanted: number) {
    this.#wanted = wanted
    this.#rate = Math.min(FIRST_RATE, wanted)
  }

  get rate(): number {
    return this.#rate
  }

  /** Takes what came of the last second. */
  second(measured: Measured): WarmUpStep {
    this.#seconds += 1
    const { counts } = measured
    const isBorne =
      measured.total > 0 && measured.p50Ms <= P50_MS && counts.unavailable + counts.waiting === 0
    if (isBorne) this.#borne = Math.max(this.#borne, this.#rate)
    if (isBorne && this.#rate >= this.#wanted) return { rate: this.#wanted, isOver: true, isTooSlow: false }
    if (this.#seconds >= SECONDS_MAX) {
      return { rate: Math.max(FIRST_RATE, this.#borne), isOver: true, isTooSlow: true }
    }
    this.#rate = isBorne ? Math.min(this.#wanted, this.#rate * 2) : Math.max(FIRST_RATE, this.#rate / 2)
    return { rate: this.#rate, isOver: false, isTooSlow: false }
  }
}
