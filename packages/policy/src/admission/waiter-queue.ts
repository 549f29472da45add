/**
 * How a wait ends without a slot.
 *
 * - `evicted`: its place in the queue was needed, or the queue has become shorter
 * - `expired`: it waited as long as it may
 */
export type WaitEnd = 'evicted' | 'expired'

/**
 * A place in a queue. The driver supplies it (its own class may implement it) and the links are kept in it, so
 * that waiting allocates nothing. It may be reused once it has left the queue.
 */
export class Waiter {
  /** Higher is more important. */
  priority: number = 0
  /** Monotonic milliseconds; set when queued. */
  enqueuedAt: number = 0
  /** Whether it is in a queue now. */
  waiting: boolean = false
  /** What it left the queue with: its permit, or 0 for none. */
  permit: number = 0
  /** Why it left the queue without one. */
  end: WaitEnd = 'expired'
  /** When its turn comes, where time alone decides that. */
  grantAt: number = Infinity
  ahead: Waiter | undefined = undefined
  behind: Waiter | undefined = undefined
}

/**
 * Waiters by priority, and in order of arrival within one priority, as a sorted linked list.
 *
 * Taking either end and removing are O(1). Adding is O(1) for whoever is no more important than the last one,
 * else O(waiters of less importance), which the owner's bound on the length keeps small.
 */
export class WaiterQueue<W extends Waiter> {
  /** How many may wait. */
  capacity: number = 0
  #first: Waiter | undefined = undefined
  #last: Waiter | undefined = undefined
  /** How many wait. */
  length: number = 0

  /** The most important one that waits longest. */
  get first(): W | undefined {
    return this.#first as W | undefined
  }

  /** The least important one that came last. */
  get last(): W | undefined {
    return this.#last as W | undefined
  }

  hasPlaceFor(priority: number): boolean {
    if (this.length < this.capacity) return true
    const last = this.#last
    return last !== undefined && this.capacity > 0 && last.priority < priority
  }

  /** Queues the waiter; answers who must be refused for it, if anybody: itself, or one that was evicted. */
  enqueue(waiter: W, now: number): W | undefined {
    if (!this.hasPlaceFor(waiter.priority)) return waiter
    const evicted = this.length < this.capacity ? undefined : this.last
    if (evicted !== undefined) this.refuse(evicted, 'evicted')
    let ahead = this.#last
    while (ahead !== undefined && ahead.priority < waiter.priority) ahead = ahead.ahead
    this.#insert(waiter, ahead, now)
    return evicted
  }

  /** Queues the waiter as the last one, whatever its priority. */
  append(waiter: W, now: number): void {
    this.#insert(waiter, this.#last, now)
  }

  /** Takes out who has no place any more since the capacity has shrunk, one each time. */
  takeOverflow(): W | undefined {
    return this.length > this.capacity ? this.refuse(this.last!, 'evicted') : undefined
  }

  grant(waiter: W, permit: number): W {
    this.remove(waiter)
    waiter.permit = permit
    return waiter
  }

  refuse(waiter: W, end: WaitEnd): W {
    this.remove(waiter)
    waiter.end = end
    return waiter
  }

  #insert(waiter: Waiter, ahead: Waiter | undefined, now: number): void {
    const behind = ahead === undefined ? this.#first : ahead.behind
    waiter.enqueuedAt = now
    waiter.waiting = true
    waiter.permit = 0
    waiter.ahead = ahead
    waiter.behind = behind
    if (ahead === undefined) this.#first = waiter
    else ahead.behind = waiter
    if (behind === undefined) this.#last = waiter
    else behind.ahead = waiter
    this.length += 1
  }

  remove(waiter: W): boolean {
    if (!waiter.waiting) return false
    const { ahead, behind } = waiter
    if (ahead === undefined) this.#first = behind
    else ahead.behind = behind
    if (behind === undefined) this.#last = ahead
    else behind.ahead = ahead
    waiter.waiting = false
    waiter.ahead = undefined
    waiter.behind = undefined
    this.length -= 1
    return true
  }
}
