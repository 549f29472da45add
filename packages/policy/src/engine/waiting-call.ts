import { Waiter, type WaitEnd } from '../admission/waiter-queue.js'
import { ExpiryEntry } from '../clock/expiry-queue.js'
import type { Frame } from './frame.js'

/** Whoever ends a wait that has lasted too long. */
export interface WaitKeeper {
  refuseWaiting(call: WaitingCall, end: WaitEnd): void
}

/** A call that may have to wait in a queue for a slot: its place there, and where its frame goes on. */
export class WaitingCall extends Waiter {
  /** The end of its patience. */
  readonly limit: ExpiryEntry
  frame: Frame | undefined = undefined
  /** Of the step that it waits in. */
  index: number = 0

  constructor(keeper: WaitKeeper) {
    super()
    this.limit = new WaitLimit(() => keeper.refuseWaiting(this, 'expired'))
  }

  wait(frame: Frame, index: number, priority: number): void {
    this.frame = frame
    this.index = index
    this.priority = priority
  }

  stopWaiting(): void {
    this.limit.end()
    this.frame = undefined
  }
}

class WaitLimit extends ExpiryEntry {
  override readonly expire: () => void

  constructor(expire: () => void) {
    super()
    this.expire = expire
  }
}
