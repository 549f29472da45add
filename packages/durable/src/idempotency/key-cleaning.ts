import type { Clock } from '@watertight/policy/decisions'
import type { IdempotencyStore } from './idempotency-store.js'

const EVERY_MS = 60_000
const KEYS_A_TIME = 1_000

/** Removes expired keys now and then, in small parts, while requests come in: nothing else has to be set up for it. */
export class KeyCleaning {
  private readonly store: Pick<IdempotencyStore, 'clean'>
  private readonly clock: Pick<Clock, 'now'>
  private readonly onFailure: (error: unknown) => void
  private nextAt: number
  private isRunning: boolean = false

  constructor(
    store: Pick<IdempotencyStore, 'clean'>,
    clock: Pick<Clock, 'now'>,
    onFailure: (error: unknown) => void,
  ) {
    this.store = store
    this.clock = clock
    this.onFailure = onFailure
    this.nextAt = clock.now() + EVERY_MS
  }

  look(): void {
    const now = this.clock.now()
    if (this.isRunning || now < this.nextAt) return
    this.nextAt = now + EVERY_MS
    this.isRunning = true
    void this.clean()
  }

  private async clean(): Promise<void> {
    try {
      while ((await this.store.clean(KEYS_A_TIME)) === KEYS_A_TIME);
    } catch (error) {
      this.onFailure(error)
    } finally {
      this.isRunning = false
    }
  }
}
