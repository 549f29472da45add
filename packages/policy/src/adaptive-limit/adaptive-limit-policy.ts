import { QUEUE } from '../admission/queueing.js'
import { holdSlot } from '../engine/hold-slot.js'
import { QueueingStep } from '../bulkhead/queueing-step.js'
import { WaitingCall } from '../engine/waiting-call.js'
import { callback, flag, type Rules } from '../options/rules.js'
import type { FailurePredicates } from '../outcome/failure-predicates.js'
import type { Verdict } from '../outcome/verdict.js'
import { NEXT, type Flow } from '../engine/flow.js'
import type { Frame } from '../engine/frame.js'
import { judge } from '../engine/judge.js'
import { refuse } from '../engine/refuse.js'
import type { Policy } from '../promise/policy.js'
import { AdaptiveLimit, type AdaptiveLimitOptions, type AdaptiveLimitSnapshot } from './adaptive-limit.js'

export interface AdaptiveLimitPolicyOptions extends AdaptiveLimitOptions, FailurePredicates {
  /**
   * Frees the slot as soon as nobody waits for the operation, although it may still be running. Default
   * `false`: what is limited is running work.
   */
  readonly releaseOnTimeout?: boolean | undefined
}

/** An adaptive limit that can be watched and reconfigured. */
export interface AdaptiveLimitPolicy extends Policy {
  /** How many calls may run at once now. */
  readonly limit: number
  /** Calls that hold a slot now, including those that nobody waits for any more. */
  readonly inFlight: number
  /** Calls that wait for a slot now. */
  readonly queued: number
  /** Replaces the options without losing what was learned. Predicates that are not given are dropped. */
  reconfigure(options: AdaptiveLimitPolicyOptions): void
}

/**
 * Limits how many operations run at once according to how they fare: the limit grows while the destination keeps
 * up, and shrinks when calls slow down or fail. Nobody has to guess a number.
 *
 * Calls past the limit wait in a short queue, the more important (`priority`) first, or are shed with an
 * `OverloadedError`. A timed-out operation that still runs keeps its slot until it ends, although what it teaches
 * is learned when its time is over; what the caller aborts teaches nothing. The event `limit` tells when the limit
 * has moved by a whole call.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 * @example
 * const call = adaptiveLimit({ algorithm: gradient2(), maxLimit: 100 })
 * await call.execute(async () => 'done', { priority: 1 })
 */
export function adaptiveLimit(options: AdaptiveLimitPolicyOptions = {}): AdaptiveLimitPolicy {
  return new AdaptiveLimitStep(options)
}

class AdaptiveLimitStep extends QueueingStep<Admission> implements AdaptiveLimitPolicy {
  readonly name = 'adaptive-limit'
  readonly decision: AdaptiveLimit<Admission>
  #options: AdaptiveLimitPolicyOptions

  constructor(options: AdaptiveLimitPolicyOptions) {
    super()
    this.decision = new AdaptiveLimit<Admission>(options, () => this.runtime.random(), OWN_RULES)
    this.#options = options
  }

  get limit(): number {
    return this.decision.limit
  }

  get inFlight(): number {
    return this.decision.inFlight
  }

  reconfigure(options: AdaptiveLimitPolicyOptions): void {
    const from = this.decision.limit
    this.decision.reconfigure(options, OWN_RULES)
    this.#options = options
    this.#moved(from)
    this.wakeAll()
  }

  override newSlot(): Admission {
    return new Admission(this)
  }

  override enter(frame: Frame, index: number): Flow {
    const admission = frame.slots[index] as Admission
    admission.abandonedBefore = frame.abandoned === undefined ? 0 : frame.abandoned.length
    const now = frame.now()
    const priority = frame.options.priority ?? 0
    const permit = this.decision.admit(now, priority)
    if (typeof permit !== 'number') return refuse(this, frame, permit)
    if (permit === QUEUE) return this.queue(frame, index, priority)
    admission.permit = permit
    admission.startedAt = now
    return NEXT
  }

  override leave(frame: Frame, index: number): Flow {
    const { permit, startedAt, abandonedBefore } = frame.slots[index] as Admission
    const verdict = judge(frame, this.#options)
    const now = frame.now()
    const free = frame.abandoned === undefined || this.#options.releaseOnTimeout === true
    if (free || !holdSlot(frame, abandonedBefore, this.#release))
      this.#end(permit, now, verdict, now - startedAt)
    else this.#learn(permit, now, verdict, now - startedAt)
    return NEXT
  }

  /** The work of a call has ended whose caller had gone before: what it taught was learned then. */
  readonly #release = (): void => {
    this.#end(0, this.now, 'ignored', 0)
  }

  #end(permit: number, now: number, verdict: Verdict, durationMs: number): void {
    const decision = this.decision
    const from = decision.limit
    decision.settle(permit, now, verdict, durationMs)
    this.#moved(from)
    // While slots are being handed on, the loop that does so takes this one too: a long queue of short calls must
    // not become a deep stack.
    if (decision.queued !== 0 && !this.waking) this.wake(decision.grant(now), now)
  }

  #learn(permit: number, now: number, verdict: Verdict, durationMs: number): void {
    const from = this.decision.limit
    this.decision.learn(permit, now, verdict, durationMs)
    this.#moved(from)
    if (!this.waking) this.wake(this.decision.grant(now), now)
  }

  protected override granted(admission: Admission, now: number): void {
    admission.startedAt = now
  }

  protected override saveState(): unknown {
    return this.decision.snapshot()
  }

  protected override restoreState(state: unknown): void {
    const from = this.decision.limit
    this.decision.restore(state as AdaptiveLimitSnapshot)
    this.#moved(from)
    this.wakeAll()
  }

  #moved(from: number): void {
    const to = this.decision.limit
    if (to !== from && this.observed) this.emit('limit', { from, to })
  }
}

/** One call: its place while it waits, and its permit while it runs. */
class Admission extends WaitingCall {
  startedAt: number = 0
  /** Runs that the call had given up before it came here: they hold slots of their own. */
  abandonedBefore: number = 0
}

const OWN_RULES: Rules = { when: callback, whenResult: callback, releaseOnTimeout: flag }
