import type { Clock, Timer } from './clock.js'

/** Something that expires. Links are kept in the entry itself, so that queueing allocates nothing. */
export abstract class ExpiryEntry {
  /** Fractional from the start, as it will be: engines keep such numbers in another way than whole ones. */
  expiresAt: number = Infinity
  /** Its neighbours in the queue that it waits in. */
  previous: ExpiryEntry | undefined
  next: ExpiryEntry | undefined

  /** The wait has lasted as long as it may. */
  abstract expire(durationMs: number): void

  /** Whether it is in a queue. */
  get waits(): boolean {
    return this.next !== undefined
  }

  /** Ends the wait: takes the entry out of the queue that it is in, if any. */
  end(): void {
    this.unlink()
  }

  unlink(): void {
    const { previous, next } = this
    if (next === undefined) return
    previous!.next = next
    next.previous = previous
    this.previous = undefined
    this.next = undefined
  }
}

/** An entry that waits for nothing and is never asked to expire. */
const RingEnd = ExpiryEntry as unknown as new () => ExpiryEntry

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
  /**
   * Where the ring begins and ends.
   *
   * @internal
   */
  readonly ring: ExpiryEntry = new RingEnd()
  /** It runs; or entries are being expired, and another will be started for whoever is first afterwards. */
  private timer: Timer | undefined

  constructor(clock: Clock, durationMs: number) {
    this.clock = clock
    this.durationMs = durationMs
    this.ring.previous = this.ring.next = this.ring
  }

  /** Queues an entry that is in no queue. */
  add(entry: ExpiryEntry, now: number): void {
    entry.expiresAt = now + this.durationMs
    this.append(entry)
  }

  /**
   * The same for one that knows already when it expires: a number that is handed on may need a box.
   *
   * @internal
   */
  append(entry: ExpiryEntry): void {
    const { ring } = this
    const last = ring.previous!
    entry.previous = last
    entry.next = ring
    last.next = ring.previous = entry
    if (this.timer === undefined) this.arm(this.durationMs)
  }

  /** The time of the first one has come: lets all expire whose time has. */
  protected expire(now: number): void {
    const { ring } = this
    let first: ExpiryEntry
    try {
      // Where the ring ends, nothing is ever due.
      while ((first = ring.next!).expiresAt <= now) {
        first.unlink()
        first.expire(this.durationMs)
      }
    } finally {
      // Not by whatever an expired call has added, such as its next try: others may have less time left.
      first = ring.next!
      if (first === ring) this.timer = undefined
      else this.arm(first.expiresAt - now)
    }
  }

  /**
   * Has the queue look at its first entry after so long.
   *
   * @internal
   */
  arm(delayMs: number): void {
    this.timer?.cancel()
    this.timer = this.clock.setTimer(delayMs, () => this.expire(this.clock.now()))
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
