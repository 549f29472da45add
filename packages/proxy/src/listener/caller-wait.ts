import { ExpiryEntry, systemClock } from '@watertight/policy/decisions'
import type { CallerQueues } from './caller-limits.js'

/** What a connection waits for its caller to do. */
export type AwaitedPart = 'request' | 'head' | 'body' | 'reading' | 'close'

/**
 * The one thing that a connection waits for, and for how long. A wait that goes on is not begun anew: whoever sends a
 * head byte by byte has no more time for it than anybody else.
 */
export class CallerWait extends ExpiryEntry {
  private readonly queues: CallerQueues
  private readonly expired: (part: AwaitedPart) => void
  private part: AwaitedPart = 'head'

  constructor(queues: CallerQueues, expired: (part: AwaitedPart) => void) {
    super()
    this.queues = queues
    this.expired = expired
  }

  /** Waits for this from now on, unless it does already. */
  begin(part: AwaitedPart): void {
    if (this.waits) {
      if (this.part === part) return
      this.unlink()
    }
    this.part = part
    this.queues[part].add(this, systemClock.now())
  }

  /** Does not wait for this any more; another wait goes on. */
  endOf(part: AwaitedPart): void {
    if (this.part === part && this.waits) this.unlink()
  }

  override expire(): void {
    this.expired(this.part)
  }
}
