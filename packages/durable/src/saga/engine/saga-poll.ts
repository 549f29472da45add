import type { Clock, Timer } from '@watertight/policy/decisions'
import type { DatabaseTime } from './database-time.js'

/** Looks for sagas to take up: every so often, sooner when one is known to be due or a hint has come, one look at a time. */
export class SagaPoll {
  readonly #clock: Clock
  readonly #time: DatabaseTime
  readonly #everyMs: number
  /** Resolves to whether there may be more at once. */
  readonly #look: () => Promise<boolean>
  #timer: Timer | undefined
  #nextAt = Infinity
  #looking: Promise<void> | undefined
  #isWantedAgain = false
  #isClosed = false

  constructor(options: {
    readonly clock: Clock
    readonly time: DatabaseTime
    readonly everyMs: number
    readonly look: () => Promise<boolean>
  }) {
    this.#clock = options.clock
    this.#time = options.time
    this.#everyMs = options.everyMs
    this.#look = options.look
  }

  /** A saga is due at this time of the database. */
  dueAt(at: number): void {
    this.within(at - this.#time.now())
  }

  within(delayMs: number): void {
    if (this.#isClosed) return
    const at = this.#clock.now() + Math.max(0, delayMs)
    if (at >= this.#nextAt) return
    this.#nextAt = at
    this.#timer?.cancel()
    // What waits in the store is work of this process as well: it stays alive for it until it is closed.
    this.#timer = this.#clock.setTimer(Math.max(0, delayMs), () => this.#start(), true)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#looking
  }

  #start(): void {
    this.#nextAt = Infinity
    // A look under way may have read before what this one is for.
    if (this.#looking !== undefined) this.#isWantedAgain = true
    this.#looking ??= this.#lookOnce()
  }

  async #lookOnce(): Promise<void> {
    const more = await this.#look()
    this.#looking = undefined
    this.within(more || this.#isWantedAgain ? 0 : this.#everyMs)
    this.#isWantedAgain = false
  }
}
