import type { Clock, Timer } from './clock.js'
import { LONGEST_DELAY_MS } from './system-clock.js'

/** Something that expires. Links are kept in the entry itself, so that queueing allocates nothing. */
export abstract class ExpiryEntry {
  expiresAt: number = 0
  previous: ExpiryEntry | undefined = undefined
  next: ExpiryEntry | undefined = undefined
  queue: ExpiryQueue | undefined = undefined

  abstract expire(): void

  /** Takes the entry out of the queue that it is in, if any. */
  end(): void {
    this.queue?.remove(this)
  }
}

/**
 * All waits of one duration on one timer.
 *
 * Waits of the same length end in the order in which they began, so a linked list is a priority queue: adding
 * and removing are O(1), and one platform timer, armed for the head, serves any number of calls. A removed head
 * leaves the timer as it is; when it fires early it is armed anew for whoever is first then.
 */
export class ExpiryQueue {
  readonly clock: Clock
  readonly durationMs: number
  #head: ExpiryEntry | undefined = undefined
  #tail: ExpiryEntry | undefined = undefined
  #timer: Timer | undefined = undefined

  constructor(clock: Clock, durationMs: number) {
    this.clock = clock
    this.durationMs = durationMs
  }

  add(entry: ExpiryEntry, now: number): void {
    entry.expiresAt = now + this.durationMs
    entry.queue = this
    entry.previous = this.#tail
    entry.next = undefined
    if (this.#tail === undefined) this.#head = entry
    else this.#tail.next = entry
    this.#tail = entry
    if (this.#timer === undefined) this.#arm(this.durationMs)
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
    this.#timer = this.clock.setTimer(Math.min(delayMs, LONGEST_DELAY_MS), this.#fire)
  }

  readonly #fire = (): void => {
    this.#timer = undefined
    const now = this.clock.now()
    for (let entry = this.#head; entry !== undefined && entry.expiresAt <= now; entry = this.#head) {
      this.remove(entry)
      entry.expire()
    }
    // An expired call may have added new entries and armed the timer for them.
    if (this.#head !== undefined && this.#timer === undefined) this.#arm(this.#head.expiresAt - now)
  }
}

const queues = new WeakMap<Clock, Map<number, ExpiryQueue>>()

/** Durations are written in code, not taken from requests; past this many, a policy gets a queue of its own. */
const SHARED_DURATIONS_MAX = 1024

/** The queue that every policy with this duration shares. */
export function expiryQueue(clock: Clock, durationMs: number): ExpiryQueue {
  let byDuration = queues.get(clock)
  if (byDuration === undefined) queues.set(clock, (byDuration = new Map()))
  let queue = byDuration.get(durationMs)
  if (queue === undefined) {
    queue = new ExpiryQueue(clock, durationMs)
    if (byDuration.size < SHARED_DURATIONS_MAX) byDuration.set(durationMs, queue)
  }
  return queue
}
