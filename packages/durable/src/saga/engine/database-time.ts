import type { Clock } from '@watertight/policy/decisions'

/**
 * The time of the database, as far as it is known here: its last answer, and what has passed since by the monotonic clock. So
 * the clocks of workers may be as wrong as they like.
 */
export class DatabaseTime {
  readonly #clock: Clock
  #offsetMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Milliseconds since the Unix epoch. */
  now(): number {
    return Math.round(this.#clock.now() + this.#offsetMs)
  }

  /** The answer was given somewhere between the question and now; the middle is off by half of that at most. */
  learn(databaseNow: number, askedAt: number): void {
    this.#offsetMs = databaseNow - (askedAt + this.#clock.now()) / 2
  }
}
