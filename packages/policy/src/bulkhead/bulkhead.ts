import { PERMIT } from '../admission/admission.js'
import { QUEUE, type Queueing, type QueueingRefusalReason } from '../admission/queueing.js'
import { WaiterQueue, type Waiter } from '../admission/waiter-queue.js'
import { checkOptions } from '../options/check-options.js'
import { above, integer, integerOrInfinity, required, type Rules } from '../options/rules.js'
import type { Verdict } from '../outcome/verdict.js'
import { BulkheadRefusal } from './errors.js'
import { bulkheadDefaults } from './bulkhead-defaults.js'

export interface BulkheadOptions {
  /** How many calls may run at once: an integer >= 1, or `Infinity` to only count them. */
  readonly concurrency: number
  /** How many more may wait for a slot. Default 0: none. */
  readonly queue?: number
  /** The longest wait for a slot, in milliseconds. Default 1000. */
  readonly maxWaitMs?: number
}

/**
 * Decides how many calls run at once, and who waits.
 *
 * A counting semaphore (Dijkstra 1965) with a bounded queue, as the bulkhead of Nygard's "Release It!", ch. 4.
 * Within one priority waiters are served in order of arrival; nobody passes those who wait. A full queue makes
 * room for a more important call by giving up the least important one that came last. `admit` and `settle` are O(1);
 * for `wait` see `WaiterQueue`.
 *
 * @example
 * const bulkhead = new Bulkhead({ concurrency: 10, queue: 10 })
 * const permit = bulkhead.admit(0)
 * if (typeof permit === 'number' && permit !== QUEUE) {
 *   // Run, and when that ends, after 20 ms, hand on the slot:
 *   bulkhead.settle(permit, 20, 'success', 20)
 *   for (let w = bulkhead.grant(20); w !== undefined; w = bulkhead.grant(20)) console.log(w.permit > 0)
 * }
 */
export class Bulkhead<W extends Waiter = Waiter> implements Queueing<W> {
  private readonly waiters: WaiterQueue<W> = new WaiterQueue<W>()
  private held: number = 0
  private concurrency: number = 0
  private patienceMs: number = 0

  /**
   * @param more the rules of further options, which are its driver's
   * @throws {OptionError} when an option is missing, unknown or out of its range
   */
  constructor(options: BulkheadOptions, more?: Rules) {
    this.reconfigure(options, more)
  }

  get running(): number {
    return this.held
  }

  get queued(): number {
    return this.waiters.length
  }

  get maxWaitMs(): number {
    return this.patienceMs
  }

  /** Slots are handed on as they are given back, and at no other time. */
  get grantAt(): number {
    return Infinity
  }

  /** Takes a free slot, if there is one that nobody waits for. */
  take(): boolean {
    if (this.held >= this.concurrency || this.waiters.length !== 0) return false
    this.held += 1
    return true
  }

  admit(_now: number, priority: number = 0): number | BulkheadRefusal {
    if (this.take()) return PERMIT
    return this.waiters.hasPlaceFor(priority) ? QUEUE : this.refusal('full')
  }

  /** It does not matter when or how a call ended: what it held is free. */
  settle(_permit: number, _now: number, _verdict: Verdict, _durationMs: number): void {
    // Never below zero: a driver that settles twice must not create room out of nothing.
    if (this.held > 0) this.held -= 1
  }

  wait(waiter: W, now: number): W | undefined {
    return this.waiters.enqueue(waiter, now)
  }

  grant(now: number): W | undefined {
    const overflow = this.waiters.takeOverflow()
    if (overflow !== undefined) return overflow
    const first = this.waiters.first
    if (first === undefined || this.held >= this.concurrency) return undefined
    if (now - first.enqueuedAt >= this.patienceMs) return this.waiters.refuse(first, 'expired')
    this.held += 1
    return this.waiters.grant(first, PERMIT)
  }

  leave(waiter: W): boolean {
    return this.waiters.remove(waiter)
  }

  refusal(reason: QueueingRefusalReason): BulkheadRefusal {
    return new BulkheadRefusal(reason, this.held, this.waiters.length)
  }

  /** Changes the options without touching running calls. Follow it with `grant`: there may be slots to hand on. */
  reconfigure(options: BulkheadOptions, more?: Rules): void {
    checkOptions('bulkhead', options, { ...RULES, ...more })
    this.concurrency = options.concurrency
    this.waiters.capacity = options.queue ?? bulkheadDefaults.queue
    this.patienceMs = options.maxWaitMs ?? bulkheadDefaults.maxWaitMs
  }
}

const RULES: Rules = {
  concurrency: required(integerOrInfinity(1)),
  queue: integer(0),
  maxWaitMs: above(0),
}
