import type { Socket } from 'node:net'
import { ExpiryEntry, systemClock } from '@watertight/policy/decisions'
import type { CallerQueues } from './caller-limits.js'

/** What a connection waits for its caller to do. */
export type AwaitedPart = 'request' | 'last' | 'head' | 'body' | 'reading' | 'close'

/**
 * The one thing that a connection waits for, and for how long. A wait that goes on is not begun anew: whoever sends a
 * head byte by byte has no more time for it than anybody else.
 */
export class CallerWait extends ExpiryEntry {
  private readonly queues: CallerQueues
  private readonly expired: (part: AwaitedPart) => void
  private readonly socket: Socket
  private part: AwaitedPart = 'head'
  /** What was unwritten when the wait for the caller to read began. */
  private unwritten: number = 0

  constructor(queues: CallerQueues, socket: Socket, expired: (part: AwaitedPart) => void) {
    super()
    this.socket = socket
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

  /** Waits for the caller to read what is unwritten. Whoever has read something gets its time anew. */
  beginReading(): void {
    this.unwritten = this.socket.writableLength
    this.begin('reading')
  }

  /** Does not wait for this any more; another wait goes on. */
  endOf(part: AwaitedPart): void {
    if (this.part === part && this.waits) this.unlink()
  }

  override expire(): void {
    if (this.part === 'reading' && this.socket.writableLength < this.unwritten) this.beginReading()
    else this.expired(this.part)
  }
}
