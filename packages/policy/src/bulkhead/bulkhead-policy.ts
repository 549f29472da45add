import { PERMIT } from '../admission/admission.js'
import { QUEUE } from '../admission/queueing.js'
import { flag, type Rules } from '../options/rules.js'
import { NEXT, type Flow } from '../engine/flow.js'
import type { Frame } from '../engine/frame.js'
import { refuse } from '../engine/refuse.js'
import type { BulkheadPart, BulkheadSlot, HappyPlace } from '../engine/happy-place.js'
import type { Policy } from '../promise/policy.js'
import { Bulkhead, type BulkheadOptions } from './bulkhead.js'
import { holdSlot } from '../engine/hold-slot.js'
import { QueueingStep } from './queueing-step.js'
import { WaitingCall } from '../engine/waiting-call.js'

export interface BulkheadPolicyOptions extends BulkheadOptions {
  /**
   * Frees the slot as soon as nobody waits for the operation, although it may still be running. Default
   * `false`: capacity is running work.
   */
  readonly releaseOnTimeout?: boolean | undefined
}

/** A bulkhead whose use can be watched and whose size can be changed. */
export interface BulkheadPolicy extends Policy {
  /** Calls that hold a slot now, including those that nobody waits for any more. */
  readonly running: number
  /** Calls that wait for a slot now. */
  readonly queued: number
  /** Changes the options without touching running calls; waiting ones are granted new slots at once. */
  reconfigure(options: BulkheadPolicyOptions): void
}

/**
 * Limits how many operations run at once, so that a slow dependency cannot take every resource of its caller.
 *
 * Beyond `concurrency` calls wait in a bounded queue, the more important (`priority`) first; beyond that they
 * are refused with a `BulkheadFullError`. A timed-out operation that still runs keeps its slot until it ends.
 *
 * @throws {OptionError} when an option is missing, unknown or out of its range
 * @example
 * const call = bulkhead({ concurrency: 10, queue: 10, maxWaitMs: 100 })
 * await call.execute(async () => 'done', { priority: 1 })
 */
export function bulkhead(options: BulkheadPolicyOptions): BulkheadPolicy {
  return new BulkheadStep(options)
}

class BulkheadStep extends QueueingStep<Place> implements BulkheadPolicy, BulkheadPart {
  readonly name = 'bulkhead'
  readonly decision: Bulkhead<Place>
  #releaseOnTimeout: boolean | undefined

  constructor(options: BulkheadPolicyOptions) {
    super()
    this.decision = new Bulkhead<Place>(options, OWN_RULES)
    this.#releaseOnTimeout = options.releaseOnTimeout
  }

  get running(): number {
    return this.decision.running
  }

  reconfigure(options: BulkheadPolicyOptions): void {
    this.decision.reconfigure(options, OWN_RULES)
    this.#releaseOnTimeout = options.releaseOnTimeout
    this.wakeAll()
  }

  override place(): HappyPlace {
    return 'bulkhead'
  }

  override newSlot(): Place {
    return new Place(this)
  }

  override enter(frame: Frame, index: number): Flow {
    const place = frame.slots[index] as Place
    place.abandonedBefore = frame.abandoned === undefined ? 0 : frame.abandoned.length
    const priority = frame.options.priority ?? 0
    // Time matters to waiters alone, so a free slot is granted without reading the clock.
    const answer = this.decision.admit(0, priority)
    if (typeof answer !== 'number') return refuse(this, frame, answer)
    return answer === QUEUE ? this.queue(frame, index, priority) : NEXT
  }

  override leave(frame: Frame, index: number): Flow {
    const place = frame.slots[index] as Place
    const free = frame.abandoned === undefined || this.#releaseOnTimeout === true
    if (free || !holdSlot(frame, place.abandonedBefore, this.#release)) this.#release()
    return NEXT
  }

  readonly #release = (): void => {
    const { decision } = this
    decision.settle(PERMIT, 0, 'ignored', 0)
    // The loop further down the stack hands on this slot: a long queue must not become a deep stack.
    if (decision.queued !== 0 && !this.waking) this.wakeAll()
  }
}

/** One call's place: in the queue while it waits, and what it must remember while it runs. */
class Place extends WaitingCall implements BulkheadSlot {
  /** Runs that the call had given up before it came here: they hold slots of their own. */
  abandonedBefore: number = 0
}

const OWN_RULES: Rules = { releaseOnTimeout: flag }
