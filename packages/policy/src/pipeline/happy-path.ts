import type { CircuitBreaker } from '../circuit-breaker/circuit-breaker.js'
import type { ExpiryEntry } from '../clock/expiry-queue.js'
import type { RetryBudget } from '../retry-budget/retry-budget.js'
import type { Frame } from './frame.js'
import type { Plan } from './plan.js'
import type { Step } from './step.js'

/** A circuit breaker's step: whether it looks at results, and what it keeps for a call. */
export interface BreakerPart {
  readonly decision: CircuitBreaker
  readonly judgesResults: boolean
}
export interface BreakerSlot {
  permit: number
}

/** A bulkhead's step, its slots, and what it keeps for a call. */
export interface BulkheadPart {
  readonly decision: SlotCount
}
export interface SlotCount {
  /** Takes a free slot, if there is one that nobody waits for. */
  take(): boolean
  /** Frees a slot, if nobody waits for it. */
  giveBack(): boolean
}
export interface BulkheadSlot {
  abandonedBefore: number
}

/** What a retry's step keeps for a call. */
export interface RetrySlot {
  begin(): void
  /** Which of its own tries this is, from 1. */
  readonly number: number
}

/** A time limit's step and what it keeps for a call. */
export interface LimitPart {
  readonly ms: number
  queue(limit: LimitSlot, now: number): void
}
export interface LimitSlot extends ExpiryEntry {
  outerDeadline: number
}

/** What one frame keeps for the steps of a happy path, by their kind. */
export interface HappySlots {
  readonly breaker: BreakerSlot
  readonly bulkhead: BulkheadSlot
  readonly retry: RetrySlot
  readonly outerLimit: LimitSlot
  readonly innerLimit: LimitSlot
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
  private breaker: BreakerPart | undefined = undefined
  private bulkhead: BulkheadPart | undefined = undefined
  private retry: Step | undefined = undefined
  private budget: RetryBudget | undefined = undefined
  private countsEnds: boolean = false
  /** Whether a call's beginning has to be dated. */
  private isTimed: boolean = false
  private outerLimit: LimitPart | undefined = undefined
  private innerLimit: LimitPart | undefined = undefined

  /** The happy path of these steps, unless one of them has none or there are more of a kind than it has places. */
  static through(steps: readonly Step[]): HappyPath | undefined {
    const path = new HappyPath()
    return steps.every((step) => step.joinHappyPath(path)) ? path : undefined
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

  addRetry(step: Step, budget: RetryBudget | undefined): boolean {
    if (this.retry !== undefined) return false
    this.retry = step
    this.budget = budget
    this.countsEnds = budget !== undefined && budget.countsEnds !== false
    this.isTimed ||= budget !== undefined
    return true
  }

  addLimit(part: LimitPart): boolean {
    if (this.innerLimit !== undefined) return false
    this.isTimed = true
    if (this.outerLimit === undefined) {
      this.outerLimit = part
    } else {
      this.innerLimit = part
    }
    return true
  }

  /** The parts of a frame's slots that `enter` and `leave` need, to be had without a look-up. */
  slotsOf({ links }: Plan, slots: readonly unknown[]): HappySlots {
    const slotOf = (part: unknown): unknown => slots[links.findIndex(({ step }) => step === part)]
    return {
      breaker: slotOf(this.breaker) as BreakerSlot,
      bulkhead: slotOf(this.bulkhead) as BulkheadSlot,
      retry: slotOf(this.retry) as RetrySlot,
      outerLimit: slotOf(this.outerLimit) as LimitSlot,
      innerLimit: slotOf(this.innerLimit) as LimitSlot,
    }
  }

  /** Takes a call at its beginning in through all steps, one that nobody further out has limited. */
  enter(frame: Frame, slots: HappySlots): boolean {
    const { breaker, bulkhead, budget, outerLimit, innerLimit } = this
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
    if (this.retry !== undefined) slots.retry.begin()
    if (!this.isTimed) return true
    const now = frame.now()
    if (budget !== undefined) budget.started(now)
    if (outerLimit !== undefined) {
      const limit = slots.outerLimit
      outerLimit.queue(limit, now)
      if (innerLimit === undefined) {
        frame.deadline = limit.expiresAt
      } else {
        const inner = slots.innerLimit
        innerLimit.queue(inner, now)
        inner.outerDeadline = limit.expiresAt
        frame.deadline = innerLimit.ms < outerLimit.ms ? inner.expiresAt : limit.expiresAt
      }
    }
    return true
  }

  /** Takes a success out through all steps. */
  leave(frame: Frame, slots: HappySlots): boolean {
    const { breaker, bulkhead } = this
    if (breaker !== undefined && (breaker.judgesResults || !breaker.decision.onlyCountsSuccess)) return false
    if (bulkhead !== undefined && (frame.abandoned !== undefined || !bulkhead.decision.giveBack()))
      return false
    if (breaker !== undefined) {
      const { decision } = breaker
      decision.succeed(slots.breaker.permit, decision.datesSuccess ? frame.now() : 0)
    }
    if (this.countsEnds) this.reportEnd(frame, slots)
    if (this.outerLimit !== undefined) {
      slots.outerLimit.end()
      if (this.innerLimit !== undefined) slots.innerLimit.end()
    }
    return true
  }

  private reportEnd(frame: Frame, slots: HappySlots): void {
    if (slots.retry.number === 1) this.budget!.ended(frame.lastNow, 'success')
    else this.budget!.returned(frame.lastNow, 'success')
  }
}
