import type { Clock } from '../clock/clock.js'
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
}

/**
 * All that has to know when a call on the happy path began, so that one reading of the clock serves everybody and is
 * handed on inside one function: a number that passes between two needs a box.
 */
export class CallTiming {
  budget: RetryBudget | undefined = undefined
  outer: LimitPart | undefined = undefined
  inner: LimitPart | undefined = undefined
  /** The deadline from elsewhere of the outer limit. */
  until: ((call: CallTraits) => number) | undefined = undefined
  private nearestMs: number = Infinity
  private clock: Clock | undefined = undefined
  private outerQueue: ExpiryQueue | undefined = undefined
  private innerQueue: ExpiryQueue | undefined = undefined

  addLimit(part: LimitPart): boolean {
    this.nearestMs = Math.min(this.nearestMs, part.ms)
    if (this.outer === undefined) {
      this.outer = part
      this.until = part.until
      return true
    }
    if (this.inner !== undefined || part.until !== undefined || this.outer.ms === Infinity) return false
    this.inner = part
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
    const { outerQueue, innerQueue } = this
    if (outerQueue === undefined) return
    const { outerLimit } = slots
    outerQueue.add(outerLimit, now)
    frame.deadline = now + this.nearestMs
    if (innerQueue === undefined) return
    const { innerLimit } = slots
    innerQueue.add(innerLimit, now)
    innerLimit.outerDeadline = outerLimit.expiresAt
  }

  end(slots: LimitSlots): void {
    if (this.outer === undefined) return
    slots.outerLimit.end()
    if (this.inner !== undefined) slots.innerLimit.end()
  }

  /** Time is told by another clock from now on. */
  private follow(clock: Clock): void {
    this.clock = clock
    this.outerQueue =
      this.outer === undefined || this.outer.ms === Infinity ? undefined : this.outer.queueOn(clock)
    this.innerQueue = this.inner?.queueOn(clock)
  }
}
