import { PERMIT } from '../admission/admission.js'
import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.js'
import type { Verdict } from '../outcome/verdict.js'
import { FIRST_TRY, FURTHER_TRY, type RetryBudget } from '../retry-budget/retry-budget.js'
import { CallTiming, type LimitPart, type LimitSlot, type LimitSlots } from './call-timing.js'
import type { CallState } from './call-state.js'

/** A step that may take a result for a failure. */
export interface JudgePart {
  readonly whenResult: ((value: unknown) => boolean) | undefined
}

/** A circuit breaker's step, and what it keeps for a call. */
export interface BreakerPart extends JudgePart {
  readonly decision: CircuitBreaker
}
export interface BreakerSlot {
  permit: number
}

/** A bulkhead's step, its slots, and what it keeps for a call. */
export interface BulkheadPart {
  readonly decision: SlotCount
}
export interface SlotCount {
  /** How many wait for a slot. */
  readonly queued: number
  /** Takes a free slot, if there is one that nobody waits for. */
  take(): boolean
  settle(permit: number, now: number, verdict: Verdict, durationMs: number): void
}

export interface BulkheadSlot {
  abandonedBefore: number
}

/** What a retry's step keeps for a call. */
export interface RetrySlot {
  reset(): void
  /** Which of its own tries this is, from 1. */
  readonly number: number
}

/** A step, as far as it tells its place on a happy path. */
interface PathStep {
  joinHappyPath?(path: HappyPath): boolean
}

/** What one frame keeps for the steps of a happy path, by their kind. */
export interface HappySlots extends LimitSlots {
  readonly breaker: BreakerSlot
  readonly bulkhead: BulkheadSlot
  readonly retry: RetrySlot
}

/**
 * The shortest way through a plan, for the calls that nearly all calls are: everybody lets them in at once, and
 * they succeed.
 *
 * The walk asks one step after the other, each through a call that no compiler can foresee. Where no step has an
 * objection their order does not matter, so here each kind has a place of its own and all of them together are one
 * piece of straight code. As soon as there is anything to decide, the walk decides it: both `enter` and `leave`
 * then answer `false` and have done nothing.
 *
 * Its fields are private to TypeScript only, as those of everything on a call's way: reading a `#field` takes twice
 * the bytecode, and by its bytecode the engine decides what it inlines.
 */
export class HappyPath {
  private breaker: BreakerPart | undefined
  private bulkhead: BulkheadPart | undefined
  private retry: JudgePart | undefined
  /** Undefined when nobody has to know when a call began. */
  private timing: CallTiming | undefined
  /** The budget, if it has to know how calls end. */
  private endedBudget: RetryBudget | undefined

  /**
   * The happy path of these steps, unless one of them has none or there are more of a kind than it has places. One step
   * alone has nothing to gain, and shares its frames with others of its kind.
   */
  static through(steps: readonly PathStep[]): HappyPath | undefined {
    const path = new HappyPath()
    const isWhole = steps.length > 1 && steps.every((step) => step.joinHappyPath?.(path) === true)
    return isWhole ? path : undefined
  }

  addBreaker(part: BreakerPart): boolean {
    if (this.breaker !== undefined) return false
    this.breaker = part
    return true
  }

  addBulkhead(part: BulkheadPart): boolean {
    if (this.bulkhead !== undefined) return false
    this.bulkhead = part
    return true
  }

  addRetry(step: JudgePart, budget: RetryBudget | undefined): boolean {
    if (this.retry !== undefined) return false
    this.retry = step
    if (budget === undefined) return true
    this.timing ??= new CallTiming()
    this.timing.budget = budget
    if (budget.countsEnds !== false) this.endedBudget = budget
    return true
  }

  addLimit(part: LimitPart): boolean {
    this.timing ??= new CallTiming()
    return this.timing.addLimit(part)
  }

  /** The parts of a frame's slots that `enter` and `leave` need, to be had without a look-up. */
  slotsOf(steps: readonly unknown[], slots: readonly unknown[]): HappySlots {
    const slotOf = (part: unknown): unknown => slots[steps.indexOf(part)]
    return {
      breaker: slotOf(this.breaker) as BreakerSlot,
      bulkhead: slotOf(this.bulkhead) as BulkheadSlot,
      retry: slotOf(this.retry) as RetrySlot,
      outerLimit: slotOf(this.timing?.outer) as LimitSlot,
      innerLimit: slotOf(this.timing?.inner) as LimitSlot,
      nearestLimit: slotOf(this.timing?.nearest) as LimitSlot,
    }
  }

  /** Takes a call at its beginning in through all steps, one that nobody further out has limited. */
  enter(frame: CallState, slots: HappySlots): boolean {
    const { breaker, bulkhead, timing } = this
    if (timing !== undefined && timing.until !== undefined && !timing.isNearer(frame, timing.until))
      return false
    if (breaker !== undefined) {
      const permit = breaker.decision.standingPermit
      if (permit === 0) return false
      slots.breaker.permit = permit
    }
    if (bulkhead !== undefined) {
      if (!bulkhead.decision.take()) return false
      // A former call in this frame may have come here with runs that it had given up.
      slots.bulkhead.abandonedBefore = 0
    }
    if (timing !== undefined) timing.begin(frame, slots)
    return true
  }

  /** Whether a step looks at results before it takes one for a success. */
  get judges(): boolean {
    return this.breaker?.whenResult !== undefined || this.retry?.whenResult !== undefined
  }

  /** Whether nobody takes this result for a failure. Who is asked must be asked again on the walk. */
  accepts(value: unknown): boolean {
    try {
      return this.breaker?.whenResult?.(value) !== true && this.retry?.whenResult?.(value) !== true
    } catch {
      return false
    }
  }

  /** Takes a success, which everybody accepts, out through all steps. */
  leave(frame: CallState, slots: HappySlots): boolean {
    const { breaker, bulkhead } = this
    if (bulkhead !== undefined && (frame.abandoned !== undefined || bulkhead.decision.queued !== 0))
      return false
    if (breaker !== undefined) {
      const { decision } = breaker
      if (!decision.succeed(slots.breaker.permit, decision.datesSuccess ? frame.now() : 0)) return false
    }
    if (bulkhead !== undefined) bulkhead.decision.settle(PERMIT, 0, 'success', 0)
    if (this.endedBudget !== undefined) this.reportEnd(this.endedBudget, frame, slots)
    if (frame.attempt !== 1 && this.retry !== undefined) slots.retry.reset()
    if (this.timing !== undefined) this.timing.end(slots)
    return true
  }

  /** A call that was let in this way walks from now on. */
  catchUp(frame: CallState, slots: HappySlots): void {
    if (this.timing !== undefined) this.timing.catchUp(frame, slots)
  }

  private reportEnd(budget: RetryBudget, frame: CallState, slots: HappySlots): void {
    budget.settle(slots.retry.number === 1 ? FIRST_TRY : FURTHER_TRY, frame.now(), 'success', 0)
  }
}
