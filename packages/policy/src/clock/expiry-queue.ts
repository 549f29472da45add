import { LONGEST_DELAY_MS, type Clock, type Timer } from './clock.js'

/** Something that expires. Links are kept in the entry itself, so that queueing allocates nothing. */
export abstract class ExpiryEntry {
  /** Fractional from the start, as it will be: engines keep such numbers in another way than whole ones. */
  expiresAt: number = Infinity
  /** Its neighbours in the queue that it waits in. */
  previous: ExpiryEntry | undefined = undefined
  next: ExpiryEntry | undefined = undefined

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

/** Where the ring of a queue begins and ends: it waits for nothing. */
class RingEnd extends ExpiryEntry {
  override previous: ExpiryEntry = this
  override next: ExpiryEntry = this
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
  private readonly ring: RingEnd = new RingEnd()
  private timer: Timer | undefined = undefined
  /** The timer runs; or entries are being expired, and it will be armed for whoever is first afterwards. */
  private armed: boolean = false

  constructor(clock: Clock, durationMs: number) {
    this.clock = clock
    this.durationMs = durationMs
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

  /** The same for a wait that began at `since`: it goes ahead of those that began later, which costs O(those). */
  addLate(entry: ExpiryEntry, now: number, since: number): void {
    const ring = this.ring
    const expiresAt = since + this.durationMs
    let ahead = ring.previous
    while (ahead !== ring && ahead.expiresAt > expiresAt) ahead = ahead.previous!
    const behind = ahead.next!
    entry.expiresAt = expiresAt
    entry.previous = ahead
    entry.next = behind
    ahead.next = entry
    behind.previous = entry
    if (!this.armed || ahead === ring) this.arm(expiresAt - now)
  }

  /** The time of the first one has come: lets all expire whose time has. */
  protected expire(now: number): void {
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

  private arm(delayMs: number): void {
    this.armed = true
    this.timer?.cancel()
    this.timer = this.clock.setTimer(Math.min(delayMs, LONGEST_DELAY_MS), this.fire)
  }

  private readonly fire = (): void => {
    this.timer = undefined
    this.expire(this.clock.now())
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
