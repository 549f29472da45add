import type { Clock, Timer } from '../clock/clock.js'
import { ExpiryEntry, expiryQueue, type ExpiryQueue } from '../clock/expiry-queue.js'
import { checkOptions } from '../options/check-options.js'
import { OptionError } from '../options/option-error.js'
import { quote } from '../options/quote.js'
import { above, callback, required } from '../options/rules.js'
import { FAILED } from '../outcome/kind.js'
import { withoutStack } from '../outcome/refusal.js'
import { NEXT, TURN, type Flow } from '../engine/flow.js'
import type { Frame } from '../engine/frame.js'
import type { HappyPlace, LimitPart, LimitSlot } from '../engine/happy-slots.js'
import type { CallOptions } from '../promise/operation.js'
import type { Policy } from '../promise/policy.js'
import { PolicyStep } from '../promise/policy-step.js'
import { TimeoutError } from './errors.js'

export interface TimeoutOptions {
  /** The limit in milliseconds, > 0; anything above 2^31-1 is honoured too. May be left out if `until` is given. */
  readonly ms?: number | undefined
  /**
   * A deadline from elsewhere, such as that of the request which a call is made for: asked as each call enters, with
   * the options of that call, in the monotonic milliseconds of `performance.now()`, `Infinity` for none. The nearer of
   * the two holds.
   */
  readonly until?: ((call: CallOptions) => number) | undefined
}

/**
 * Limits everything inside it to a time: the whole call when it stands outside a `retry`, each try when inside.
 *
 * When the limit passes, the call fails at once with a `TimeoutError` and the operation's signal is aborted; an
 * operation that pays no heed runs on, and nobody waits for it. All timeouts of one duration share one timer.
 *
 * @throws {OptionError} when `ms` is not a finite number > 0, or both options are missing
 * @example
 * const call = timeout({ ms: 1_000 })
 * await call.execute(({ signal }) => fetch('data:,done', { signal }))
 */
export function timeout(options: TimeoutOptions): Policy {
  return new Timeout(options)
}

class Timeout extends PolicyStep implements LimitPart {
  readonly name = 'timeout'
  readonly ms: number
  readonly until: ((call: CallOptions) => number) | undefined
  private queue: ExpiryQueue | undefined

  constructor(options: TimeoutOptions) {
    super()
    checkOptions('timeout', options, {
      ms: options?.until === undefined ? required(above(0)) : above(0),
      until: callback,
    })
    this.ms = options.ms ?? Infinity
    this.until = options.until
  }

  override get place(): HappyPlace {
    return 'limit'
  }

  override newSlot(frame: Frame, index: number): TimeLimit {
    return new TimeLimit(this, frame, index)
  }

  override enter(frame: Frame, index: number): Flow {
    const limit = frame.slots[index] as TimeLimit
    const untilMs = this.until === undefined ? Infinity : deadlineOf(this.until(frame.options))
    const leftMs = untilMs - frame.now()
    if (leftMs <= 0) {
      // Nobody waits for this call any more: nothing is started for it.
      this.emit('timeout', { timeoutMs: 0 })
      frame.end(FAILED, timeoutError(0))
      return TURN
    }
    if (leftMs < this.ms) limit.beginUntil(untilMs, Math.ceil(leftMs))
    else if (this.ms === Infinity) limit.expiresAt = Infinity
    else this.queueOn(frame.clock).add(limit, frame.now())
    limit.outerDeadline = frame.deadline
    if (limit.expiresAt < frame.deadline) frame.deadline = limit.expiresAt
    return NEXT
  }

  override leave(frame: Frame, index: number): Flow {
    const limit = frame.slots[index] as TimeLimit
    limit.end()
    frame.deadline = limit.outerDeadline
    frame.uncancel(index)
    return NEXT
  }

  /** The queue of its duration. */
  queueOn(clock: Clock): ExpiryQueue {
    if (this.queue === undefined || this.queue.clock !== clock) this.queue = expiryQueue(clock, this.ms)
    return this.queue
  }
}

/** What is no time would compare false everywhere, and end every call at once. */
function deadlineOf(untilMs: number): number {
  if (typeof untilMs === 'number' && !Number.isNaN(untilMs)) return untilMs
  throw new OptionError(`cannot limit a call: until() must be a number, got ${quote(untilMs)}`, 'until')
}

/** The limit of one call. */
class TimeLimit extends ExpiryEntry implements LimitSlot {
  /** Of a deadline from elsewhere: each call has another, so no queue serves them. */
  private timer: Timer | undefined
  /** The limit in force further out. */
  outerDeadline: number = Infinity
  /** Goes up with each end, so that a later use of this limit is told apart. */
  private serial: number = 0
  readonly #timeout: Timeout
  readonly #frame: Frame
  readonly #index: number

  constructor(owner: Timeout, frame: Frame, index: number) {
    super()
    this.#timeout = owner
    this.#frame = frame
    this.#index = index
  }

  beginUntil(untilMs: number, limitMs: number): void {
    this.expiresAt = untilMs
    this.timer = this.#frame.clock.setTimer(limitMs, () => this.expire(limitMs))
  }

  override end(): void {
    this.unlink()
    this.serial += 1
    if (this.timer === undefined) return
    this.timer.cancel()
    this.timer = undefined
  }

  override expire(timeoutMs: number): void {
    const serial = this.serial
    this.#timeout.emit('timeout', { timeoutMs })
    // A listener may have ended what this limits, and begun something else in the same frame.
    if (serial === this.serial) this.#frame.cancel(this.#index, FAILED, timeoutError(timeoutMs))
  }
}

/** Without a stack, which would show a timer. */
function timeoutError(ms: number): TimeoutError {
  return withoutStack(() => new TimeoutError(ms))
}
