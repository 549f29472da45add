import type { Clock } from '../clock/clock.js'
import type { ExpiryEntry, ExpiryQueue } from '../clock/expiry-queue.js'
import type { RetryBudget } from '../retry-budget/retry-budget.js'
import type { CallState } from './call-state.js'

/** A time limit's step and what it keeps for a call. */
export interface LimitPart {
  /** The queue of its duration. */
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
  private clock: Clock | undefined = undefined
  private outerQueue: ExpiryQueue | undefined = undefined
  private innerQueue: ExpiryQueue | undefined = undefined

  addLimit(part: LimitPart): boolean {
    if (this.inner !== undefined) return false
    if (this.outer === undefined) this.outer = part
    else this.inner = part
    return true
  }

  begin(frame: CallState, slots: LimitSlots): void {
    const { clock } = frame
    if (clock !== this.clock) this.follow(clock)
    const now = clock.now()
    const { budget, outerQueue, innerQueue } = this
    if (budget !== undefined) budget.start(now)
    if (outerQueue === undefined) return
    const { outerLimit } = slots
    outerQueue.add(outerLimit, now)
    if (innerQueue === undefined) {
      frame.deadline = outerLimit.expiresAt
      return
    }
    const { innerLimit } = slots
    innerQueue.add(innerLimit, now)
    innerLimit.outerDeadline = outerLimit.expiresAt
    frame.deadline = Math.min(innerLimit.expiresAt, outerLimit.expiresAt)
  }

  end(slots: LimitSlots): void {
    if (this.outer === undefined) return
    slots.outerLimit.end()
    if (this.inner !== undefined) slots.innerLimit.end()
  }

  /** Time is told by another clock from now on. */
  private follow(clock: Clock): void {
    this.clock = clock
    this.outerQueue = this.outer?.queueOn(clock)
    this.innerQueue = this.inner?.queueOn(clock)
  }
}
