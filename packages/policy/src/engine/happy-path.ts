import { PERMIT } from '../admission/admission.js'
import { addLate } from '../clock/add-late.js'
import type { Clock } from '../clock/clock.js'
import type { ExpiryQueue } from '../clock/expiry-queue.js'
import { FIRST_TRY, type RetryBudget } from '../retry-budget/retry-budget.js'
import type { CallState } from './call-state.js'
import type {
  BreakerPart,
  BreakerSlot,
  BulkheadPart,
  BulkheadSlot,
  HappyPlace,
  HappySlots,
  LimitPart,
  LimitSlot,
  RetryPart,
} from './happy-slots.js'

/** A step, as far as it tells its place on a happy path; one that has to see every call has none. */
interface PathStep {
  place?(): HappyPlace | undefined
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
 * One reading of the clock serves everybody. Of two limits that begin together only the nearer can pass while the
 * operation runs, so it alone is queued; the other is as soon as the call has to walk, with the time at which it began.
 *
 * Its fields are private to TypeScript only, as those of everything on a call's way: reading a `#field` takes twice
 * the bytecode, and by its bytecode the engine decides what it inlines.
 */
export class HappyPath {
  private breaker: BreakerPart | undefined
  private bulkhead: BulkheadPart | undefined
  private retry: RetryPart | undefined
  private outer: LimitPart | undefined
  private inner: LimitPart | undefined
  private nearest: LimitPart | undefined
  /** The clock that calls go by, and the nearest limit's queue on it. */
  private clock: Clock | undefined
  private queue: ExpiryQueue | undefined

  /**
   * The happy path of these steps, unless one of them has none or there are more of a kind than it has places. One step
   * alone has nothing to gain, and shares its frames with others of its kind.
   */
  static through(steps: readonly PathStep[]): HappyPath | undefined {
    const path = new HappyPath()
    return steps.length > 1 && steps.every((step) => path.hasPlaceFor(step)) ? path : undefined
  }

  private hasPlaceFor(step: PathStep): boolean {
    const place = step.place?.()
    if (place === 'limit') return this.hasLimitFor(step as LimitPart)
    if (place === undefined || place === 'anywhere') return place !== undefined
    if (this[place] !== undefined) return false
    this[place] = step as BreakerPart & BulkheadPart
    return true
  }

  private hasLimitFor(part: LimitPart): boolean {
    const { outer } = this
    if (outer === undefined) this.outer = this.nearest = part
    else {
      if (this.inner !== undefined || part.leavesItToLimit !== undefined || outer.ms === Infinity)
        return false
      this.inner = part
      if (part.ms < outer.ms) this.nearest = part
    }
    return true
  }

  /** The parts of a frame's slots that `enter` and `leave` need, to be had without a look-up. */
  slotsOf(steps: readonly unknown[], slots: readonly unknown[]): HappySlots {
    const slotOf = (part: unknown): unknown => slots[steps.indexOf(part)]
    return {
      breaker: slotOf(this.breaker) as BreakerSlot,
      bulkhead: slotOf(this.bulkhead) as BulkheadSlot,
      outerLimit: slotOf(this.outer) as LimitSlot,
      innerLimit: slotOf(this.inner) as LimitSlot,
      nearestLimit: slotOf(this.nearest) as LimitSlot,
    }
  }

  /** Takes a call at its beginning in through all steps, one that nobody further out has limited. */
  enter(frame: CallState, slots: HappySlots): boolean {
    const { breaker, bulkhead, outer } = this
    if (outer?.leavesItToLimit?.(frame) === false) return false
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
    const budget = this.retry?.budget
    if (outer !== undefined || budget !== undefined) this.begin(frame, slots, budget)
    return true
  }

  /** In one function with the clock: a number that passes between two needs a box. */
  private begin(frame: CallState, { nearestLimit }: HappySlots, budget: RetryBudget | undefined): void {
    const { clock } = frame
    if (clock !== this.clock) this.follow(clock)
    const now = clock.now()
    if (budget !== undefined) budget.start(now)
    const { queue } = this
    if (queue === undefined) return
    const expiresAt = now + queue.durationMs
    nearestLimit.expiresAt = expiresAt
    frame.deadline = expiresAt
    queue.append(nearestLimit)
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
    const budget = this.retry?.budget
    // A further try walks, so this was the first one.
    if (budget !== undefined && budget.countsEnds !== false)
      budget.settle(FIRST_TRY, frame.now(), 'success', 0)
    if (this.queue !== undefined) slots.nearestLimit.end()
    return true
  }

  /** The call walks from now on, as if it had done so from its beginning. */
  catchUp({ clock }: CallState, { outerLimit, innerLimit, nearestLimit }: HappySlots): void {
    const { outer, inner, nearest } = this
    if (inner === undefined) return
    const [other, otherLimit] = nearest === inner ? [outer!, outerLimit] : [inner, innerLimit]
    addLate(other.queueOn(clock), otherLimit, clock.now(), nearestLimit.expiresAt - nearest!.ms)
    innerLimit.outerDeadline = outerLimit.expiresAt
  }

  /** Time is told by another clock from now on. */
  private follow(clock: Clock): void {
    const { nearest } = this
    this.clock = clock
    this.queue = nearest === undefined || nearest.ms === Infinity ? undefined : nearest.queueOn(clock)
  }
}
