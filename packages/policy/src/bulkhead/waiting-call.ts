import { ExpiryEntry } from '../clock/expiry-queue.js'
import type { Frame } from '../pipeline/frame.js'
import { Waiter } from './waiter-queue.js'

/** A call that may have to wait in a queue for a slot: its place there, and where its frame goes on. */
export abstract class WaitingCall extends Waiter {
  /** The end of its patience. */
  readonly limit: ExpiryEntry = new WaitLimit(this)
  frame: Frame | undefined = undefined
  /** Of the step that it waits in. */
  index: number = 0

  /** It has waited for as long as it may. */
  abstract expire(): void

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
  readonly #call: WaitingCall

  constructor(call: WaitingCall) {
    super()
    this.#call = call
  }

  override expire(): void {
    this.#call.expire()
  }
}
