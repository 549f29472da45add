import { LONGEST_DELAY_MS, type Clock } from './clock.js'

/**
 * Something that expires. Links are kept in the entry itself, so that queueing allocates nothing; one that waits in
 * no queue is linked to itself.
 */
export abstract class ExpiryEntry {
  /** Fractional from the start, as it will be: engines keep such numbers in another way than whole ones. */
  expiresAt: number = Infinity
  previous: ExpiryEntry = this
  next: ExpiryEntry = this

  /** The wait has lasted as long as it may. */
  abstract expire(durationMs: number): void

  /** Whether it is in a queue. */
  get waits(): boolean {
    return this.next !== this
  }

  /** Ends the wait: takes the entry out of the queue that it is in, if any. */
  end(): void {
    this.unlink()
  }

  unlink(): void {
    const { previous, next } = this
    previous.next = next
    next.previous = previous
    this.previous = this
    this.next = this
  }
}

/** Where the ring of a queue begins and ends: it waits for nothing. */
class RingEnd extends ExpiryEntry {
  override expire(): void {}
}

/**
 * All waits of one duration on one timer.
 *
 * Waits of the same length end in the order in which they began, so a linked ring is a priority queue: adding
 * and removing are O(1), and one platform timer, armed for the head, serves any number of calls. A removed head
 * leaves the timer as it is; when it fires early it is armed anew for whoever is first then.
 */
export class ExpiryQueue {
  readonly clock: Clock
  readonly durationMs: number
  private readonly defer: ((expire: () => void) => void) | undefined
  private readonly ring: ExpiryEntry = new RingEnd()
  /** The timer runs; or entries are being expired, and it will be armed for whoever is first afterwards. */
  private armed: boolean = false

  /**
   * @param defer calls back a little later, when those whose time was up may have ended: for a driver that has to read
   * what has come in meanwhile. Default: they expire at once
   */
  constructor(clock: Clock, durationMs: number, defer?: (expire: () => void) => void) {
    this.clock = clock
    this.durationMs = durationMs
    this.defer = defer
  }

  /** Queues an entry that is in no queue. */
  add(entry: ExpiryEntry, now: number): void {
    const ring = this.ring
    const last = ring.previous
    entry.expiresAt = now + this.durationMs
    entry.previous = last
    entry.next = ring
    last.next = entry
    ring.previous = entry
    if (!this.armed) this.arm(this.durationMs)
  }

  private arm(delayMs: number): void {
    this.armed = true
    this.clock.setTimer(Math.min(delayMs, LONGEST_DELAY_MS), this.fire)
  }

  private readonly fire = (): void => {
    const now = this.clock.now()
    if (this.defer === undefined) this.expire(now)
    else this.defer(() => this.expire(now))
  }

  private expire(now: number): void {
    const ring = this.ring
    try {
      for (let entry = ring.next; entry !== ring && entry.expiresAt <= now; entry = ring.next) {
        entry.unlink()
        entry.expire(this.durationMs)
      }
    } finally {
      // Not by whatever an expired call has added, such as its next try: others may have less time left.
      if (ring.next === ring) this.armed = false
      else this.arm(ring.next.expiresAt - now)
    }
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
