import { afterInput } from './after-input.js'
import { clock } from './clock.js'

/** Something that a time limit may end. Links are kept in the entry itself, so that queueing allocates nothing. */
export abstract class ExpiryEntry {
  expiresAt: number = 0
  previous: ExpiryEntry | undefined = undefined
  next: ExpiryEntry | undefined = undefined
  queue: ExpiryQueue | undefined = undefined

  /** The limit has passed. */
  abstract expire(limitMs: number): void

  /** Ends the wait for it. */
  endLimit(): void {
    this.queue?.remove(this)
  }
}

/**
 * All limits of one duration on one platform timer: limits of equal length pass in the order in which they began,
 * so a list is a queue by time, and a request pays for two pointers instead of a timer.
 *
 * The policies have such a queue too, inside their own steps; this one watches over sockets. The timer never keeps
 * the process alive, for the sockets do.
 */
export class ExpiryQueue {
  readonly limitMs: number
  #head: ExpiryEntry | undefined = undefined
  #tail: ExpiryEntry | undefined = undefined
  #armed: boolean = false

  constructor(limitMs: number) {
    this.limitMs = limitMs
  }

  add(entry: ExpiryEntry, now: number): void {
    entry.endLimit()
    entry.expiresAt = now + this.limitMs
    entry.queue = this
    entry.previous = this.#tail
    if (this.#tail === undefined) this.#head = entry
    else this.#tail.next = entry
    this.#tail = entry
    if (!this.#armed) this.#arm(this.limitMs)
  }

  remove(entry: ExpiryEntry): void {
    if (entry.queue !== this) return
    entry.queue = undefined
    if (entry.previous === undefined) this.#head = entry.next
    else entry.previous.next = entry.next
    if (entry.next === undefined) this.#tail = entry.previous
    else entry.next.previous = entry.previous
    entry.previous = undefined
    entry.next = undefined
  }

  #arm(delayMs: number): void {
    this.#armed = true
    clock.setTimer(delayMs, this.#fire)
  }

  readonly #fire = (): void => {
    const now = clock.now()
    afterInput(() => this.#expire(now))
  }

  #expire(now: number): void {
    this.#armed = false
    for (let entry = this.#head; entry !== undefined && entry.expiresAt <= now; entry = this.#head) {
      this.remove(entry)
      entry.expire(this.limitMs)
    }
    // What expired may have begun new limits, which armed the timer for themselves.
    if (this.#head !== undefined && !this.#armed) this.#arm(this.#head.expiresAt - now)
  }
}

/** The queue of a limit, or none for a limit that does not exist. */
export function expiryQueue(limitMs: number | undefined): ExpiryQueue | undefined {
  return limitMs === undefined || limitMs === Infinity ? undefined : new ExpiryQueue(limitMs)
}
