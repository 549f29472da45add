import type { Clock } from '../clock/clock.js'
import { ExpiryEntry, expiryQueue, type ExpiryQueue } from '../clock/expiry-queue.js'
import { checkOptions } from '../options/check-options.js'
import { above, required } from '../options/rules.js'
import { FAILED } from '../outcome/kind.js'
import { withoutStack } from '../outcome/refusal.js'
import { NEXT, type Flow } from '../engine/flow.js'
import type { Frame } from '../engine/frame.js'
import type { HappyPlace, LimitPart, LimitSlot } from '../engine/happy-place.js'
import type { Policy } from '../promise/policy.js'
import { PolicyStep } from '../promise/policy-step.js'
import { TimeoutError } from './errors.js'

export interface TimeoutOptions {
  /** The limit in milliseconds, > 0; anything above 2^31-1 is honoured too. */
  readonly ms: number
}

/**
 * Limits everything inside it to a time: the whole call when it stands outside a `retry`, each try when inside.
 *
 * When the limit passes, the call fails at once with a `TimeoutError` and the operation's signal is aborted; an
 * operation that pays no heed runs on, and nobody waits for it. All timeouts of one duration share one timer.
 *
 * @throws {OptionError} when `ms` is not a finite number > 0
 * @example
 * const call = timeout({ ms: 1_000 })
 * await call.execute(({ signal }) => fetch('data:,done', { signal }))
 */
export function timeout(options: TimeoutOptions): Policy {
  checkOptions('timeout', options, { ms: required(above(0)) })
  return new Timeout(options.ms)
}

export class Timeout extends PolicyStep implements LimitPart {
  readonly name = 'timeout'
  readonly ms: number
  private queue: ExpiryQueue | undefined

  constructor(ms: number) {
    super()
    this.ms = ms
  }

  override place(): HappyPlace {
    return 'limit'
  }

  override newSlot(frame: Frame, index: number): TimeLimit {
    return new TimeLimit(this, frame, index)
  }

  override enter(frame: Frame, index: number): Flow {
    const limit = frame.slots[index] as TimeLimit
    this.queueOn(frame.clock).add(limit, frame.now())
    return limit.narrow(frame)
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

/** The limit of one call. */
export class TimeLimit extends ExpiryEntry implements LimitSlot {
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

  /** Holds from now on, unless a nearer one does already. */
  narrow(frame: Frame): Flow {
    this.outerDeadline = frame.deadline
    if (this.expiresAt < frame.deadline) frame.deadline = this.expiresAt
    return NEXT
  }

  override end(): void {
    this.lift()
  }

  lift(): void {
    this.unlink()
    this.serial += 1
  }

  override expire(timeoutMs: number): void {
    const serial = this.serial
    this.#timeout.emit('timeout', { timeoutMs })
    // A listener may have ended what this limits, and begun something else in the same frame.
    if (serial === this.serial) this.#frame.cancel(this.#index, FAILED, timeoutError(timeoutMs))
  }
}

/** Without a stack, which would show a timer. */
export function timeoutError(ms: number): TimeoutError {
  return withoutStack(() => new TimeoutError(ms))
}
