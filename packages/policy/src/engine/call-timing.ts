import type { Clock } from '../clock/clock.js'
import { addLate } from '../clock/add-late.js'
import type { ExpiryEntry, ExpiryQueue } from '../clock/expiry-queue.js'
import type { RetryBudget } from '../retry-budget/retry-budget.js'
import type { CallState, CallTraits } from './call-state.js'

/** A time limit's step and what it keeps for a call. */
export interface LimitPart {
  readonly ms: number
  /** A deadline from elsewhere. */
  readonly until: ((call: CallTraits) => number) | undefined

  /** The queue of its duration, which is finite. */
  queueOn(clock: Clock): ExpiryQueue
}
export interface LimitSlot extends ExpiryEntry {
  outerDeadline: number
}

/** What one frame keeps for its time limits. */
export interface LimitSlots {
  readonly outerLimit: LimitSlot
  readonly innerLimit: LimitSlot
  /** That of the nearer one. */
  readonly nearestLimit: LimitSlot
}

/**
 * All that has to know when a call on the happy path began, so that one reading of the clock serves everybody and is
 * handed on inside one function: a number that passes between two needs a box.
 *
 * Of two limits that begin together only the nearer can pass while the operation runs, so it alone is queued. The other
 * is as soon as the call has to walk, with the time at which it began.
 */
export class CallTiming {
  budget: RetryBudget | undefined
  outer: LimitPart | undefined
  inner: LimitPart | undefined
  nearest: LimitPart | undefined
  /** The deadline from elsewhere of the outer limit. */
  until: ((call: CallTraits) => number) | undefined = undefined
  private clock: Clock | undefined
  private queue: ExpiryQueue | undefined

  addLimit(part: LimitPart): boolean {
    if (this.outer === undefined) {
      this.outer = part
      this.nearest = part
      this.until = part.until
      return true
    }
    if (this.inner !== undefined || part.until !== undefined || this.outer.ms === Infinity) return false
    this.inner = part
    if (part.ms < this.outer.ms) this.nearest = part
    return true
  }

  /** Whether the outer limit is nearer than this deadline, so that no other is needed. */
  isNearer(frame: CallState, until: (call: CallTraits) => number): boolean {
    let untilMs: number
    try {
      untilMs = until(frame.options)
    } catch {
      // It throws again on the walk, which fails the call with that.
      return false
    }
    return untilMs === Infinity || untilMs - frame.now() >= this.outer!.ms
  }

  begin(frame: CallState, slots: LimitSlots): void {
    const { clock } = frame
    if (clock !== this.clock) this.follow(clock)
    const now = clock.now()
    if (this.budget !== undefined) this.budget.start(now)
    const { queue } = this
    if (queue === undefined) return
    const { nearestLimit } = slots
    queue.add(nearestLimit, now)
    frame.deadline = nearestLimit.expiresAt
  }

  end(slots: LimitSlots): void {
    if (this.queue !== undefined) slots.nearestLimit.end()
  }

  /** The call walks from now on, as if it had done so from its beginning. */
  catchUp({ clock }: CallState, { outerLimit, innerLimit, nearestLimit }: LimitSlots): void {
    const { inner, nearest } = this
    if (inner === undefined) return
    const [other, otherLimit] = nearest === inner ? [this.outer!, outerLimit] : [inner, innerLimit]
    addLate(other.queueOn(clock), otherLimit, clock.now(), nearestLimit.expiresAt - nearest!.ms)
    innerLimit.outerDeadline = outerLimit.expiresAt
  }

  /** Time is told by another clock from now on. */
  private follow(clock: Clock): void {
    this.clock = clock
    const { nearest } = this
    this.queue = nearest === undefined || nearest.ms === Infinity ? undefined : nearest.queueOn(clock)
  }
}
