import { randomUUID } from 'node:crypto'
import type { Clock, Timer } from '@watertight/policy/decisions'
import type { Store } from '../../store/store.js'
import { endLease, keepLease } from '../queries/keep-lease.js'
import type { DatabaseTime } from './database-time.js'

export interface LeaseOptions {
  readonly store: Store
  readonly clock: Clock
  readonly time: DatabaseTime
  readonly leaseMs: number
  /** Hears that the lease had ended before it could be prolonged: sagas may have changed hands. */
  readonly onLapse: () => Promise<void>
  readonly onTrouble: (error: unknown) => void
}

const retryMs = 500

/** The lease of one worker, prolonged three times in its length. One row, however many sagas the worker has. */
export class Lease {
  readonly worker: string = randomUUID()
  readonly #options: LeaseOptions
  #until = -Infinity
  #timer: Timer | undefined
  #isClosed = false

  constructor(options: LeaseOptions) {
    this.#options = options
  }

  /** By the clock of this process, and from before the question, so that it never holds longer than in the database. */
  get isHeld(): boolean {
    return this.#options.clock.now() < this.#until
  }

  /** @throws whatever the store says, when it does not take the first one */
  async begin(): Promise<void> {
    this.#until = await this.#prolong()
    this.#schedule(this.#options.leaseMs / 3)
  }

  async #keep(): Promise<void> {
    const { leaseMs, onLapse, onTrouble } = this.#options
    let nextMs = leaseMs / 3
    try {
      const until = await this.#prolong()
      // It may have lapsed while the store did not answer. It is held again only once what has changed hands meanwhile is dropped: nothing of that is begun in between.
      if (!this.isHeld) await onLapse()
      this.#until = until
    } catch (error) {
      onTrouble(error)
      nextMs = Math.min(retryMs, nextMs)
    }
    this.#schedule(nextMs)
  }

  /** Resolves to when it ends, unless it is prolonged again. */
  async #prolong(): Promise<number> {
    const { store, clock, time, leaseMs } = this.#options
    const askedAt = clock.now()
    time.learn(await keepLease(store, this.worker, leaseMs), askedAt)
    return askedAt + leaseMs
  }

  #schedule(delayMs: number): void {
    if (!this.#isClosed) this.#timer = this.#options.clock.setTimer(delayMs, () => void this.#keep(), true)
  }

  async end(waitsFor: string): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await endLease(this.#options.store, this.worker, waitsFor)
  }
}
