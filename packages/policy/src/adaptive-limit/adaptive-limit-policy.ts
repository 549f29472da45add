import { WaitingCall } from '../bulkhead/waiting-call.js'
import { expiryQueue } from '../clock/expiry-queue.js'
import { runtime } from '../clock/runtime.js'
import { callback, checkOptions } from '../options/check-options.js'
import type { FailurePredicates } from '../outcome/classify.js'
import { NEXT, TURN, WAIT, type Flow } from '../pipeline/flow.js'
import type { Frame } from '../pipeline/frame.js'
import type { Policy } from '../pipeline/policy.js'
import { Step } from '../pipeline/step.js'
import {
  ADAPTIVE_QUEUE,
  AdaptiveLimit,
  type AdaptiveLimitOptions,
  type AdaptiveLimitSnapshot,
} from './adaptive-limit.js'
import type { OverloadReason } from './errors.js'

export interface AdaptiveLimitPolicyOptions extends AdaptiveLimitOptions, FailurePredicates {}

/** An adaptive limit that can be watched and reconfigured. */
export interface AdaptiveLimitPolicy extends Policy {
  /** How many calls may run at once now. */
  readonly limit: number
  readonly inFlight: number
  /** Calls that wait for a slot now. */
  readonly queued: number
  /** Replaces the options without losing what was learned. Predicates that are not given are dropped. */
  reconfigure(options: AdaptiveLimitPolicyOptions): void
}

/**
 * Limits how many operations run at once by how they fare: the limit grows while the destination keeps up, and
 * shrinks when calls slow down or fail. Nobody has to guess a number.
 *
 * Calls past the limit wait in a short queue, the more important (`priority`) first, or are shed with an
 * `OverloadedError`. A slot is free as soon as its call is over; what the caller aborts teaches nothing. The event
 * `limit` tells when the limit has moved by a whole call.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 * @example
 * const call = adaptiveLimit({ algorithm: gradient2(), maxLimit: 100 })
 * await call.execute(async () => 'done', { priority: 1 })
 */
export function adaptiveLimit(options: AdaptiveLimitPolicyOptions = {}): AdaptiveLimitPolicy {
  return new AdaptiveLimitStep(options)
}

class AdaptiveLimitStep extends Step implements AdaptiveLimitPolicy {
  readonly name = 'adaptive-limit'
  readonly #decision: AdaptiveLimit<Admission>
  #predicates: FailurePredicates

  constructor(options: AdaptiveLimitPolicyOptions) {
    super()
    const { own, predicates } = split(options)
    this.#decision = new AdaptiveLimit<Admission>(own, () => runtime.random())
    this.#predicates = predicates
  }

  get limit(): number {
    return this.#decision.limit
  }

  get inFlight(): number {
    return this.#decision.inFlight
  }

  get queued(): number {
    return this.#decision.queued
  }

  reconfigure(options: AdaptiveLimitPolicyOptions): void {
    const { own, predicates } = split(options)
    const from = this.#decision.limit
    this.#decision.reconfigure(own)
    this.#predicates = predicates
    this.#moved(from)
    this.#wakeAll('evicted')
  }

  override newSlot(): Admission {
    return new Admission(this)
  }

  override enter(frame: Frame, index: number): Flow {
    const admission = frame.slots[index] as Admission
    const now = frame.now()
    const priority = frame.options.priority ?? 0
    const decision = this.#decision
    const permit = decision.admit(now, priority)
    if (typeof permit !== 'number') return this.#refuse(frame, 'full')
    if (permit !== ADAPTIVE_QUEUE) {
      admission.permit = permit
      admission.startedAt = now
      return NEXT
    }
    admission.wait(frame, index, priority)
    const evicted = decision.enqueue(admission, now)
    if (evicted === admission) {
      admission.stopWaiting()
      return this.#refuse(frame, 'full')
    }
    if (evicted !== undefined) this.refuseWaiting(evicted, 'evicted')
    if (this.observed) this.emit('queued', { queued: decision.queued })
    expiryQueue(runtime.clock, decision.maxWaitMs).add(admission.limit, now)
    return WAIT
  }

  override leave(frame: Frame, index: number): Flow {
    const { permit, startedAt } = frame.slots[index] as Admission
    const verdict = frame.judge(this.#predicates)
    const now = frame.now()
    const from = this.#decision.limit
    const first = this.#decision.settle(permit, now, verdict, now - startedAt)
    this.#moved(from)
    this.#wake(first, now, 'expired')
    return NEXT
  }

  override cancel(frame: Frame, index: number): void {
    const admission = frame.slots[index] as Admission
    this.#decision.remove(admission)
    admission.stopWaiting()
  }

  /** Refuses a call that waits in the queue, or was just taken out of it. */
  refuseWaiting(admission: Admission, reason: OverloadReason): void {
    this.#decision.remove(admission)
    const { frame, index } = admission
    admission.stopWaiting()
    this.#refuse(frame!, reason)
    frame!.resume(index, false)
  }

  protected override saveState(): unknown {
    return this.#decision.snapshot()
  }

  protected override restoreState(state: unknown): void {
    const from = this.#decision.limit
    this.#decision.restore(state as AdaptiveLimitSnapshot)
    this.#moved(from)
    this.#wakeAll('expired')
  }

  #wakeAll(reason: OverloadReason): void {
    const now = runtime.clock.now()
    this.#wake(this.#decision.next(now), now, reason)
  }

  #wake(first: Admission | undefined, now: number, reason: OverloadReason): void {
    for (let waiter = first; waiter !== undefined; waiter = this.#decision.next(now)) {
      if (!waiter.granted) {
        this.refuseWaiting(waiter, reason)
        continue
      }
      const { frame, index } = waiter
      // Read before the call goes on, since others may come and go while it does.
      waiter.permit = this.#decision.permit()
      waiter.startedAt = now
      waiter.stopWaiting()
      frame!.resume(index, true)
    }
  }

  #moved(from: number): void {
    const to = this.#decision.limit
    if (to !== from && this.observed) this.emit('limit', { from, to })
  }

  #refuse(frame: Frame, reason: OverloadReason): Flow {
    const refusal = this.#decision.refusal(reason)
    frame.refuse(refusal)
    if (this.observed) this.emit('refusal', { code: refusal.code, retryAfterMs: undefined })
    return TURN
  }
}

/** One call: its place while it waits, and its permit while it runs. */
class Admission extends WaitingCall {
  permit: number = 0
  startedAt: number = 0
  readonly #owner: AdaptiveLimitStep

  constructor(owner: AdaptiveLimitStep) {
    super()
    this.#owner = owner
  }

  override expire(): void {
    this.#owner.refuseWaiting(this, 'expired')
  }
}

function split(options: AdaptiveLimitPolicyOptions): {
  own: AdaptiveLimitOptions
  predicates: FailurePredicates
} {
  const { when, whenResult, ...own } = options
  checkOptions('adaptive limit', { when, whenResult }, { when: callback, whenResult: callback })
  return { own, predicates: { when, whenResult } }
}
