import {
  above,
  checkOptions,
  integer,
  integerOrInfinity,
  required,
  type Rule,
} from '../options/check-options.js'
import { BulkheadRefusal, type BulkheadRefusalReason } from './errors.js'
import { WaiterQueue, type Waiter } from './waiter-queue.js'

export interface BulkheadOptions {
  /** How many calls may run at once: an integer >= 1, or `Infinity` to only count them. */
  readonly concurrency: number
  /** How many more may wait for a slot. Default 0: none. */
  readonly queue?: number
  /** The longest wait for a slot, in milliseconds. Default 1000. */
  readonly maxWaitMs?: number
}

/** What `admit` answers for a call that runs now. It is not tied to a configuration, so any permit releases. */
export const BULKHEAD_PERMIT = 1
/** What `admit` answers for a call that may wait: queue it with `enqueue`. */
export const BULKHEAD_QUEUE = 0

/**
 * Decides how many calls run at once, and who waits.
 *
 * A counting semaphore (Dijkstra 1965) with a bounded queue, as the bulkhead of Nygard's "Release It!", ch. 4.
 * Within one priority waiters are served in order of arrival; nobody passes those who wait. A full queue makes
 * room for a more important call by giving up the least important one that came last. `admit` and `release` are
 * O(1); for `enqueue` see `WaiterQueue`.
 *
 * @example
 * const bulkhead = new Bulkhead({ concurrency: 10, queue: 10 })
 * if (bulkhead.admit(0) === BULKHEAD_PERMIT) {
 *   // Run, and when that ends, after 20 ms, hand on the slot:
 *   for (let w = bulkhead.release(20); w !== undefined; w = bulkhead.next(20)) console.log(w.granted)
 * }
 */
export class Bulkhead<W extends Waiter = Waiter> {
  private readonly waiters: WaiterQueue<W> = new WaiterQueue<W>()
  private held: number = 0
  private concurrency: number = 0
  private patienceMs: number = 0

  /** @throws {OptionError} when an option is missing, unknown or out of its range */
  constructor(options: BulkheadOptions) {
    this.reconfigure(options)
  }

  get running(): number {
    return this.held
  }

  get queued(): number {
    return this.waiters.length
  }

  /** Milliseconds after which a driver should `remove` a waiter. */
  get maxWaitMs(): number {
    return this.patienceMs
  }

  /** Takes a free slot, if there is one that nobody waits for. */
  take(): boolean {
    if (this.held >= this.concurrency || this.waiters.length !== 0) return false
    this.held += 1
    return true
  }

  /** `BULKHEAD_PERMIT`, or `BULKHEAD_QUEUE`, or a refusal. */
  admit(_now: number, priority: number = 0): number | BulkheadRefusal {
    if (this.take()) return BULKHEAD_PERMIT
    return this.waiters.hasPlaceFor(priority) ? BULKHEAD_QUEUE : this.refusal('full')
  }

  /**
   * Queues the waiter. Answers who must be refused for it, if anybody: the waiter itself when there is no place,
   * or the one that was evicted.
   */
  enqueue(waiter: W, now: number): W | undefined {
    return this.waiters.enqueue(waiter, now)
  }

  /** A call ended: frees its slot and answers as `next` does. */
  release(now: number): W | undefined {
    // Never below zero: a driver that releases twice must not create room out of nothing.
    this.vacate()
    return this.waiters.length === 0 ? undefined : this.next(now)
  }

  /** Frees a slot, if nobody waits for it. */
  giveBack(): boolean {
    if (this.waiters.length !== 0) return false
    this.vacate()
    return true
  }

  /** Frees a slot without granting it: for whoever asks `next` anyway. */
  vacate(): void {
    if (this.held > 0) this.held -= 1
  }

  /**
   * The next waiter whose wait is over: `granted` tells whether it holds a slot now, or is to be refused because
   * it expired or its place is gone. Ask again until there is none, after `release` and after `reconfigure`.
   */
  next(now: number): W | undefined {
    const overflow = this.waiters.takeOverflow()
    if (overflow !== undefined) return overflow
    const first = this.waiters.first
    if (first === undefined || this.held >= this.concurrency) return undefined
    if (now - first.enqueuedAt >= this.patienceMs) return this.waiters.refuse(first, 'expired')
    this.held += 1
    return this.waiters.grant(first)
  }

  /** Ends a wait from outside (abort, or `maxWaitMs` passed). `false` when it was over already. */
  remove(waiter: W): boolean {
    return this.waiters.remove(waiter)
  }

  /** The refusal to hand out for the state of this moment. */
  refusal(reason: BulkheadRefusalReason): BulkheadRefusal {
    return new BulkheadRefusal(reason, this.held, this.waiters.length)
  }

  /** Changes the options without touching running calls. Follow it with `next`: there may be slots to grant. */
  reconfigure(options: BulkheadOptions): void {
    checkOptions('bulkhead', options, BULKHEAD_RULES)
    this.concurrency = options.concurrency
    this.waiters.capacity = options.queue ?? 0
    this.patienceMs = options.maxWaitMs ?? 1_000
  }
}

/** The rules of the options above, for whoever adds options of its own. */
export const BULKHEAD_RULES: Readonly<Record<string, Rule>> = {
  concurrency: required(integerOrInfinity(1)),
  queue: integer(0),
  maxWaitMs: above(0),
}
