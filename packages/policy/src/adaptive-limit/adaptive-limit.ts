import { QUEUE, type Queueing } from '../admission/queueing.js'
import { WaiterQueue, type Waiter } from '../admission/waiter-queue.js'
import type { Random } from '../clock/random.js'
import { checkOptions, refusedOption } from '../options/check-options.js'
import { above, atLeast, callback, integer, required, type Rules } from '../options/rules.js'
import type { Verdict } from '../outcome/verdict.js'
import { adaptiveLimitDefaults as DEFAULTS } from './adaptive-limit-defaults.js'
import { ControlledDelay } from './controlled-delay.js'
import { OverloadRefusal, type OverloadReason } from './errors.js'
import { gradient2 } from './gradient2.js'
import type { LimitAlgorithm, LimitAlgorithmFactory } from './limit-algorithm.js'

export interface AdaptiveLimitOptions {
  /** How the limit moves: `gradient2()`, `vegas()`, `aimd()`, or your own. Default `gradient2()`. */
  readonly algorithm?: LimitAlgorithmFactory
  /** The initial limit, within the bounds. Default 20, or the nearest bound. */
  readonly initialLimit?: number
  /** Default 1. */
  readonly minLimit?: number
  /** Default 200, or `minLimit` if that is more. */
  readonly maxLimit?: number
  /** How many calls may wait for a slot. Default 10. */
  readonly queue?: number
  /** How long a call may wait, in milliseconds, while the queue does not drain. Default 5. */
  readonly targetMs?: number
  /** How long it may wait otherwise, and how soon a queue must drain, in milliseconds. Default 100. */
  readonly intervalMs?: number
}

/** The state worth keeping, as plain JSON: what was learned. */
export interface AdaptiveLimitSnapshot {
  readonly limit: number
}

/**
 * Decides how many calls run at once, from how they fare, so that nobody has to guess a number.
 *
 * Calls past the limit wait in a short queue by priority: the least important are shed first, and a queue that
 * does not drain sheds whoever waits too long. A permit is the number of calls in flight when it was given, since
 * a latency means something only together with that. O(1), and `wait` as in `WaiterQueue`.
 *
 * @example
 * const limit = new AdaptiveLimit({ algorithm: gradient2() }, () => 0.5)
 * const permit = limit.admit(0)
 * if (typeof permit !== 'number') throw permit.toError()
 * // When the call ends, after 12 ms, its slot goes to those who wait:
 * limit.settle(permit, 12, 'success', 12)
 * for (let w = limit.grant(12); w !== undefined; w = limit.grant(12)) console.log(w.permit > 0)
 */
export class AdaptiveLimit<W extends Waiter = Waiter> implements Queueing<W> {
  readonly #random: Random
  readonly #waiters: WaiterQueue<W> = new WaiterQueue<W>()
  readonly #delay: ControlledDelay = new ControlledDelay(0, 0)
  readonly #sample: { rttMs: number; inFlight: number; dropped: boolean; now: number }
  #factory: LimitAlgorithmFactory
  #algorithm: LimitAlgorithm
  #limit: number = 0
  #minLimit: number = 0
  #maxLimit: number = 0
  #inFlight: number = 0

  /**
   * @param more the rules of further options, which are its driver's
   * @throws {OptionError} when an option is unknown or out of its range
   */
  constructor(options: AdaptiveLimitOptions, random: Random, more?: Rules) {
    this.#random = random
    this.#sample = { rttMs: 0.5, inFlight: 0, dropped: false, now: 0.5 }
    this.#configure(options, more)
    this.#factory = options.algorithm ?? DEFAULT_ALGORITHM
    this.#algorithm = this.#factory(random)
    this.#moveTo(options.initialLimit ?? DEFAULTS.initialLimit)
  }

  /** How many calls may run at once now. */
  get limit(): number {
    return Math.floor(this.#limit)
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get queued(): number {
    return this.#waiters.length
  }

  get maxWaitMs(): number {
    return this.#delay.intervalMs
  }

  /** Slots are handed on as they are given back or the limit grows, and at no other time. */
  get grantAt(): number {
    return Infinity
  }

  admit(_now: number, priority: number = 0): number | OverloadRefusal {
    if (this.#inFlight < this.limit && this.#waiters.length === 0) return this.#take()
    return this.#waiters.hasPlaceFor(priority) ? QUEUE : this.refusal('full')
  }

  wait(waiter: W, now: number): W | undefined {
    if (this.#waiters.length === 0 && this.#waiters.hasPlaceFor(waiter.priority)) this.#delay.empty(now)
    return this.#waiters.enqueue(waiter, now)
  }

  /** A call ended: learns from it, and frees its slot. */
  settle(permit: number, now: number, verdict: Verdict, durationMs: number): void {
    if (this.#inFlight > 0) this.#inFlight -= 1
    this.learn(permit, now, verdict, durationMs)
  }

  /**
   * Learns from a call that keeps its slot, since it is over for its caller only. `settle` it as ignored once its
   * work has ended; until then ask `grant`, for the limit may have grown.
   */
  learn(permit: number, now: number, verdict: Verdict, durationMs: number): void {
    if (verdict === 'ignored') return
    this.#sample.rttMs = durationMs
    this.#sample.inFlight = permit
    this.#sample.dropped = verdict === 'failure'
    this.#sample.now = now
    this.#moveTo(this.#algorithm.update(this.#limit, this.#sample))
  }

  grant(now: number): W | undefined {
    const overflow = this.#waiters.takeOverflow()
    if (overflow !== undefined) return overflow
    const first = this.#waiters.first
    if (first === undefined || this.#inFlight >= this.limit) return undefined
    // While less important ones wait, whoever waited too long takes the slot before them instead of going without.
    const isLeast = first.priority <= this.#waiters.last!.priority
    if (isLeast && this.#delay.expired(first.enqueuedAt, now)) return this.#waiters.refuse(first, 'expired')
    return this.#waiters.grant(first, this.#take())
  }

  leave(waiter: W): boolean {
    return this.#waiters.remove(waiter)
  }

  refusal(reason: OverloadReason): OverloadRefusal {
    return new OverloadRefusal(reason, this.limit, this.#inFlight, this.#waiters.length)
  }

  snapshot(): AdaptiveLimitSnapshot {
    return { limit: this.#limit }
  }

  /** @throws {OptionError} when it is not a snapshot of an adaptive limit */
  restore(snapshot: AdaptiveLimitSnapshot): void {
    checkOptions('adaptive limit from a snapshot', snapshot, { limit: required(atLeast(1)) })
    this.#moveTo(snapshot.limit)
  }

  /** Keeps the limit within the new bounds, and what was learned unless the algorithm is another one. */
  reconfigure(options: AdaptiveLimitOptions, more?: Rules): void {
    this.#configure(options, more)
    this.#moveTo(this.#limit)
    const factory = options.algorithm ?? DEFAULT_ALGORITHM
    if (factory === this.#factory) return
    this.#factory = factory
    this.#algorithm = factory(this.#random)
  }

  #configure(options: AdaptiveLimitOptions, more?: Rules): void {
    checkOptions('adaptive limit', options, { ...RULES, ...more })
    const { minLimit = DEFAULTS.minLimit } = options
    const { targetMs = DEFAULTS.targetMs, intervalMs = DEFAULTS.intervalMs } = options
    const { maxLimit = Math.max(DEFAULTS.maxLimit, minLimit) } = options
    checkAtLeast('maxLimit', maxLimit, 'minLimit', minLimit)
    checkAtLeast('initialLimit', options.initialLimit ?? minLimit, 'minLimit', minLimit)
    checkAtLeast('maxLimit', maxLimit, 'initialLimit', options.initialLimit ?? minLimit)
    checkAtLeast('intervalMs', intervalMs, 'targetMs', targetMs)
    this.#minLimit = minLimit
    this.#maxLimit = maxLimit
    this.#waiters.capacity = options.queue ?? DEFAULTS.queue
    this.#delay.reconfigure(targetMs, intervalMs)
  }

  #moveTo(limit: number): void {
    // An algorithm that answers nonsense must not close the limit for good.
    if (typeof limit !== 'number' || Number.isNaN(limit)) return
    this.#limit = Math.max(this.#minLimit, Math.min(this.#maxLimit, limit))
  }

  #take(): number {
    this.#inFlight += 1
    return this.#inFlight
  }
}

const DEFAULT_ALGORITHM = gradient2()

const RULES = {
  algorithm: callback,
  initialLimit: integer(1),
  minLimit: integer(1),
  maxLimit: integer(1),
  queue: integer(0),
  targetMs: above(0),
  intervalMs: above(0),
}

function checkAtLeast(option: string, value: number, bound: string, minimum: number): void {
  if (value >= minimum) return
  throw refusedOption('adaptive limit', option, `>= ${bound} (${minimum})`, value)
}
