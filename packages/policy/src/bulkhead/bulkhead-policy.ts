import { expiryQueue } from '../clock/expiry-queue.js'
import { runtime } from '../clock/runtime.js'
import type { Run, RunEnd } from '../operation/run.js'
import { flag, checkOptions, type Rule } from '../options/check-options.js'
import { NEXT, TURN, WAIT, type Flow } from '../pipeline/flow.js'
import type { Frame } from '../pipeline/frame.js'
import type { Policy } from '../pipeline/policy.js'
import { Step } from '../pipeline/step.js'
import { Bulkhead, BULKHEAD_PERMIT, BULKHEAD_RULES, type BulkheadOptions } from './bulkhead.js'
import type { BulkheadRefusalReason } from './errors.js'
import { WaitingCall } from './waiting-call.js'

export interface BulkheadPolicyOptions extends BulkheadOptions {
  /**
   * Frees the slot as soon as nobody waits for the operation, although it may still be running. Default
   * `false`: capacity is running work.
   */
  readonly releaseOnTimeout?: boolean | undefined
}

/** A bulkhead whose use can be watched and whose size can be changed. */
export interface BulkheadPolicy extends Policy {
  /** Calls that hold a slot now, those included that nobody waits for any more. */
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

class BulkheadStep extends Step implements BulkheadPolicy {
  readonly name = 'bulkhead'
  readonly decision: Bulkhead<Place>
  #releaseOnTimeout: boolean
  #waking: boolean = false

  constructor(options: BulkheadPolicyOptions) {
    super()
    const { own, releaseOnTimeout } = split(options)
    this.decision = new Bulkhead<Place>(own)
    this.#releaseOnTimeout = releaseOnTimeout
  }

  get running(): number {
    return this.decision.running
  }

  get queued(): number {
    return this.decision.queued
  }

  reconfigure(options: BulkheadPolicyOptions): void {
    const { own, releaseOnTimeout } = split(options)
    this.decision.reconfigure(own)
    this.#releaseOnTimeout = releaseOnTimeout
    const now = runtime.clock.now()
    this.#wake(this.decision.next(now), now)
  }

  override newSlot(): Place {
    return new Place(this)
  }

  override enter(frame: Frame, index: number): Flow {
    const place = frame.slots[index] as Place
    place.abandonedBefore = frame.abandoned === undefined ? 0 : frame.abandoned.length
    const { decision } = this
    const priority = frame.options.priority ?? 0
    // Time matters to waiters alone, so a free slot is granted without reading the clock.
    const answer = decision.admit(0, priority)
    if (answer === BULKHEAD_PERMIT) return NEXT
    if (typeof answer !== 'number') return this.#refuse(frame, 'full')
    place.wait(frame, index, priority)
    const evicted = decision.enqueue(place, frame.now())
    if (evicted === place) return this.#refuse(frame, 'full')
    // Before anybody else is told: a listener may end this very wait.
    expiryQueue(runtime.clock, decision.maxWaitMs).add(place.limit, frame.now())
    const { queued } = decision
    if (evicted !== undefined) this.refuseWaiting(evicted, 'evicted')
    if (this.observed) this.emit('queued', { queued })
    return WAIT
  }

  override leave(frame: Frame, index: number): Flow {
    const place = frame.slots[index] as Place
    const abandoned = frame.abandoned
    if (abandoned === undefined || this.#releaseOnTimeout) {
      this.release()
      return NEXT
    }
    const running = abandoned.slice(place.abandonedBefore).filter((run) => !run.ended)
    if (running.length === 0) this.release()
    else new HeldSlot(this, running)
    return NEXT
  }

  override cancel(frame: Frame, index: number): void {
    const place = frame.slots[index] as Place
    this.decision.remove(place)
    place.stopWaiting()
  }

  release(): void {
    const { decision } = this
    if (decision.queued === 0) {
      decision.release(0)
      return
    }
    if (this.#waking) {
      // The loop further down the stack hands on this slot: a long queue must not become a deep stack.
      decision.vacate()
      return
    }
    const now = runtime.clock.now()
    this.#wake(decision.release(now), now)
  }

  /** Refuses a call that waits in the queue, or was just taken out of it. */
  refuseWaiting(place: Place, reason: BulkheadRefusalReason): void {
    this.decision.remove(place)
    const { frame, index } = place
    place.stopWaiting()
    this.#refuse(frame!, reason)
    frame!.resume(index, false)
  }

  #wake(first: Place | undefined, now: number): void {
    this.#waking = true
    for (let place = first; place !== undefined; place = this.decision.next(now)) {
      if (!place.granted) {
        this.refuseWaiting(place, this.decision.maxWaitMs <= now - place.enqueuedAt ? 'expired' : 'evicted')
        continue
      }
      const { frame, index } = place
      place.stopWaiting()
      frame!.resume(index, true)
    }
    this.#waking = false
  }

  #refuse(frame: Frame, reason: BulkheadRefusalReason): Flow {
    const refusal = this.decision.refusal(reason)
    frame.refuse(refusal)
    if (this.observed) this.emit('refusal', { code: refusal.code, retryAfterMs: undefined })
    return TURN
  }
}

/** One call's place: in the queue while it waits, and what it must remember while it runs. */
class Place extends WaitingCall {
  /** Runs that the call had given up before it came here: they hold slots of their own. */
  abandonedBefore: number = 0
  readonly #bulkhead: BulkheadStep

  constructor(owner: BulkheadStep) {
    super()
    this.#bulkhead = owner
  }

  override expire(): void {
    this.#bulkhead.refuseWaiting(this, 'expired')
  }
}

/** The slot of a call whose caller has gone while its runs go on: freed when the last of them ends. */
class HeldSlot implements RunEnd {
  readonly #bulkhead: BulkheadStep
  #running: number

  constructor(owner: BulkheadStep, running: readonly Run[]) {
    this.#bulkhead = owner
    this.#running = running.length
    for (const run of running) run.onEnd(this)
  }

  runEnded(): void {
    this.#running -= 1
    if (this.#running === 0) this.#bulkhead.release()
  }
}

function split(options: BulkheadPolicyOptions): { own: BulkheadOptions; releaseOnTimeout: boolean } {
  checkOptions('bulkhead', options, RULES)
  const { releaseOnTimeout, ...own } = options
  return { own, releaseOnTimeout: releaseOnTimeout === true }
}

const RULES: Readonly<Record<string, Rule>> = { ...BULKHEAD_RULES, releaseOnTimeout: flag }
