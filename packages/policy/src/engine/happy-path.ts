import { PERMIT } from '../admission/admission.js'
import { addLate } from '../clock/add-late.js'
import type { Clock } from '../clock/clock.js'
import type { ExpiryQueue } from '../clock/expiry-queue.js'
import { slackOf, type Slack, type Undated } from '../clock/slack.js'
import { timersAreFake } from '../clock/system-clock.js'
import { FIRST_TRY, type RetryBudget } from '../retry-budget/retry-budget.js'
import type { CallState } from './call-state.js'
import type {
  BreakerPart,
  BreakerSlot,
  BulkheadPart,
  BulkheadSlot,
  HappyPlace,
  LimitPart,
  LimitSlot,
  RetryPart,
} from './happy-place.js'

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
 * One reading of the clock serves everybody; where the clock allows for some slack, even that is left out, since most calls are
 * over before anybody has to know when they began. Of two limits that begin together only the nearer can pass while the
 * operation runs, so it alone is queued; the other is as soon as the call has to walk, with the time at which it began.
 *
 * Its fields are private to TypeScript only, as those of everything on a call's way: reading a `#field` takes twice
 * the bytecode, and by its bytecode the engine decides what it inlines.
 */
export class HappyPath {
  private breaker: BreakerPart | undefined
  private bulkhead: BulkheadPart | undefined
  private retry: RetryPart | undefined
  private budget: RetryBudget | undefined
  /** The budget, if it counts how tries end. What ends on this path was a first try: further ones walk. */
  private endsBudget: RetryBudget | undefined
  private outer: LimitPart | undefined
  private inner: LimitPart | undefined
  private nearest: LimitPart | undefined
  /** The clock that calls go by, the nearest limit's queue on it, and the slack that this limit and the budget allow. */
  private clock: Clock | undefined
  private queue: ExpiryQueue | undefined
  private slack: Slack | undefined

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
    this.budget = this.retry?.budget
    this.endsBudget = this.budget?.countsEnds === false ? undefined : this.budget
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
    return new HappySlots((place) => slots[steps.indexOf(this[place])])
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
    if (outer !== undefined || this.budget !== undefined) this.begin(frame, slots)
    return true
  }

  private begin({ clock }: CallState, slots: HappySlots): void {
    if (clock !== this.clock) this.follow(clock)
    const { slack, budget } = this
    if (slack === undefined) return this.beginExactly(clock, slots)
    slots.isUndated = true
    if (!slots.isListed || timersAreFake()) {
      slots.queue = this.queue
      slack.list(slots)
    }
    if (budget !== undefined) budget.start(slack.lately)
  }

  /** In one function with the clock: a number that passes between two needs a box. */
  private beginExactly(clock: Clock, { nearestLimit }: HappySlots): void {
    const now = clock.now()
    const { budget, queue } = this
    if (budget !== undefined) budget.start(now)
    if (queue === undefined) return
    nearestLimit.expiresAt = now + queue.durationMs
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
    if (this.endsBudget !== undefined) this.endsBudget.settle(FIRST_TRY, frame.now(), 'success', 0)
    if (slots.isUndated) slots.isUndated = false
    else if (this.nearest !== undefined) slots.nearestLimit.lift()
    return true
  }

  /** When the nearer limit passes. Its call is dated now, if nobody has wanted to know so far. */
  dueAt({ clock }: CallState, slots: HappySlots): number {
    if (this.queue === undefined) return Infinity
    if (slots.isUndated) slots.date(clock.now())
    return slots.nearestLimit.expiresAt
  }

  /** The call walks from now on, as if it had done so from its beginning. */
  catchUp(frame: CallState, slots: HappySlots): void {
    const { outer, inner, nearest } = this
    const { outerLimit, innerLimit } = slots
    const { clock } = frame
    frame.deadline = this.dueAt(frame, slots)
    if (inner === undefined) return
    const [other, otherLimit] = nearest === inner ? [outer!, outerLimit] : [inner, innerLimit]
    addLate(other.queueOn(clock), otherLimit, clock.now(), frame.deadline - nearest!.ms)
    innerLimit.outerDeadline = outerLimit.expiresAt
  }

  /** Time is told by another clock from now on. */
  private follow(clock: Clock): void {
    const { nearest, budget } = this
    this.clock = clock
    this.queue = nearest === undefined || nearest.ms === Infinity ? undefined : nearest.queueOn(clock)
    const slack = this.queue === undefined ? undefined : slackOf(clock, nearest!.ms)
    const mayBeLateMs = budget === undefined ? Infinity : (budget.granularityMs ?? 0)
    this.slack = slack !== undefined && slack.slackMs <= mayBeLateMs ? slack : undefined
  }
}

/** What one frame keeps for the steps of a happy path, by their kind. */
export class HappySlots implements Undated {
  readonly breaker: BreakerSlot
  readonly bulkhead: BulkheadSlot
  readonly outerLimit: LimitSlot
  readonly innerLimit: LimitSlot
  /** That of the nearer one. */
  readonly nearestLimit: LimitSlot
  isListed: boolean = false
  /** Whether a call is limited that is in no queue yet. */
  isUndated: boolean = false
  /** Where the nearer limit waits. */
  queue: ExpiryQueue | undefined

  constructor(slotOf: (place: 'breaker' | 'bulkhead' | 'outer' | 'inner' | 'nearest') => unknown) {
    this.breaker = slotOf('breaker') as BreakerSlot
    this.bulkhead = slotOf('bulkhead') as BulkheadSlot
    this.outerLimit = slotOf('outer') as LimitSlot
    this.innerLimit = slotOf('inner') as LimitSlot
    this.nearestLimit = slotOf('nearest') as LimitSlot
  }

  date(now: number): void {
    if (!this.isUndated) return
    this.isUndated = false
    this.queue!.add(this.nearestLimit, now)
  }
}
