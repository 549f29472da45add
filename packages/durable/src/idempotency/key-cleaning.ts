import type { IdempotencyContext } from './idempotency-context.js'

const EVERY_MS = 60_000
const KEYS_A_TIME = 1_000

/** Removes expired keys now and then, in small parts, while requests come in: nothing else has to be set up for it. */
export class KeyCleaning {
  private readonly context: IdempotencyContext
  private nextAt: number
  private isRunning: boolean = false

  constructor(context: IdempotencyContext) {
    this.context = context
    this.nextAt = context.clock.now() + EVERY_MS
  }

  look(): void {
    const now = this.context.clock.now()
    if (this.isRunning || now < this.nextAt) return
    this.nextAt = now + EVERY_MS
    this.isRunning = true
    void this.clean()
  }

  private async clean(): Promise<void> {
    try {
      while ((await this.context.store.clean(KEYS_A_TIME)) === KEYS_A_TIME);
    } catch (error) {
      this.context.report(error, 'clean')
    } finally {
      this.isRunning = false
    }
  }
}
