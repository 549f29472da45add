import type { Clock } from '@watertight/policy/decisions'

const oldMs = 60_000
const differenceMsMax = 200

/**
 * The time of the database, as far as it is known here: its last answer, and what has passed since by the monotonic clock. So
 * the clocks of workers may be as wrong as they like.
 */
export class DatabaseTime {
  readonly #clock: Clock
  #offsetMs = 0
  /** When it was last told, by the clock of this process and by that of the machine, which goes on while the machine sleeps. */
  #learntAt = -Infinity
  #machineAt = -Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Milliseconds since the Unix epoch. */
  now(): number {
    return Math.round(this.#clock.now() + this.#offsetMs)
  }

  /** Whether it may be wrong by now: the machine has slept, its clock was set, or it is long since it was told. */
  get isOld(): boolean {
    const passedMs = this.#clock.now() - this.#learntAt
    return passedMs > oldMs || Math.abs(Date.now() - this.#machineAt - passedMs) > differenceMsMax
  }

  /** The answer was given somewhere between the question and now; the middle is off by half of that at most. */
  learn(databaseNow: number, askedAt: number): void {
    this.#learntAt = this.#clock.now()
    this.#machineAt = Date.now()
    this.#offsetMs = databaseNow - (askedAt + this.#clock.now()) / 2
  }
}
