import type { Timer } from '../clock/clock.js'
import type { CallState } from '../engine/call-state.js'
import { TURN, type Flow } from '../engine/flow.js'
import type { Frame } from '../engine/frame.js'
import { checkOptions } from '../options/check-options.js'
import { OptionError } from '../options/option-error.js'
import { quote } from '../options/quote.js'
import { above, callback, required } from '../options/rules.js'
import { FAILED } from '../outcome/kind.js'
import type { CallOptions } from '../promise/operation.js'
import type { Policy } from '../promise/policy.js'
import { TimeLimit, Timeout, timeoutError } from './timeout.js'

export interface TimeoutUntilOptions {
  /**
   * When a call must be over: asked as each call enters, with the options of that call, in the monotonic milliseconds of
   * `performance.now()`, `Infinity` for no deadline.
   */
  readonly until: (call: CallOptions) => number
  /** A limit besides, in milliseconds, > 0: the nearer of the two holds. Default: none. */
  readonly ms?: number | undefined
}

/**
 * Limits everything inside it to a moment that is known elsewhere, such as when the request is due which a call is made
 * for. Otherwise it is a `timeout`, and reports as one; a call whose deadline has passed is not started.
 *
 * @throws {OptionError} when `until` is missing, or `ms` is not a finite number > 0
 * @example
 * const dueAt = performance.now() + 500
 * const call = timeoutUntil({ until: () => dueAt, ms: 1_000 })
 * await call.execute(async () => 'done')
 */
export function timeoutUntil(options: TimeoutUntilOptions): Policy {
  checkOptions('timeout', options, { until: required(callback), ms: above(0) })
  return new TimeoutUntil(options)
}

class TimeoutUntil extends Timeout {
  private readonly until: TimeoutUntilOptions['until']

  constructor({ until, ms = Infinity }: TimeoutUntilOptions) {
    super(ms)
    this.until = until
  }

  override newSlot(frame: Frame, index: number): DeadlineLimit {
    return new DeadlineLimit(this, frame, index)
  }

  override enter(frame: Frame, index: number): Flow {
    const limit = frame.slots[index] as DeadlineLimit
    const untilMs = momentOf(this.until(frame.options))
    const leftMs = untilMs - frame.now()
    if (leftMs <= 0) {
      // Nobody waits for this call any more: nothing is started for it.
      this.emit('timeout', { timeoutMs: 0 })
      frame.end(FAILED, timeoutError(0))
      return TURN
    }
    if (leftMs < this.ms) limit.begin(frame, untilMs, Math.ceil(leftMs))
    else if (this.ms === Infinity) limit.expiresAt = Infinity
    else return super.enter(frame, index)
    return limit.narrow(frame)
  }

  /** Whether a deadline lets the limit besides it decide. One that throws does so again on the walk, which fails the call. */
  leavesItToLimit(call: CallState): boolean {
    try {
      const untilMs = this.until(call.options)
      return untilMs === Infinity || untilMs - call.now() >= this.ms
    } catch {
      return false
    }
  }
}

/** What is no time would compare false everywhere, and end every call at once. */
function momentOf(untilMs: number): number {
  if (typeof untilMs === 'number' && !Number.isNaN(untilMs)) return untilMs
  throw new OptionError(`cannot limit a call: until() must be a number, got ${quote(untilMs)}`, 'until')
}

/** Each call has another deadline, so no queue serves them. */
class DeadlineLimit extends TimeLimit {
  private timer: Timer | undefined

  begin(frame: Frame, untilMs: number, limitMs: number): void {
    this.expiresAt = untilMs
    this.timer = frame.clock.setTimer(limitMs, () => this.expire(limitMs))
  }

  override end(): void {
    this.lift()
    if (this.timer === undefined) return
    this.timer.cancel()
    this.timer = undefined
  }
}
