import { ExpiryEntry, expiryQueue, type ExpiryQueue } from '../clock/expiry-queue.js'
import { runtime } from '../clock/runtime.js'
import { checkOptions, above, required } from '../options/check-options.js'
import { FAILED } from '../outcome/kind.js'
import { withoutStack } from '../outcome/refusal.js'
import { NEXT, type Flow } from '../pipeline/flow.js'
import type { Frame } from '../pipeline/frame.js'
import type { Policy } from '../pipeline/policy.js'
import { Step } from '../pipeline/step.js'
import { TimeoutError } from './errors.js'

export interface TimeoutOptions {
  /** The limit in milliseconds, > 0; anything above 2^31-1 is honoured too. */
  readonly ms: number
}

/**
 * Limits everything inside it to a time: the whole call when it stands outside a `retry`, each try when inside.
 *
 * When the limit passes, the call fails at once with a `TimeoutError` and the operation's signal is aborted; an
 * operation that pays no heed goes on alone. All timeouts of one duration share one timer.
 *
 * @throws {OptionError} when `ms` is not a finite number > 0
 * @example
 * const call = timeout({ ms: 1_000 })
 * await call.execute(({ signal }) => fetch('http://127.0.0.1:7001/', { signal }))
 */
export function timeout(options: TimeoutOptions): Policy {
  return new Timeout(options)
}

class Timeout extends Step {
  readonly name = 'timeout'
  readonly ms: number
  #queue: ExpiryQueue

  constructor(options: TimeoutOptions) {
    super()
    checkOptions('timeout', options, { ms: required(above(0)) })
    this.ms = options.ms
    this.#queue = expiryQueue(runtime.clock, options.ms)
  }

  override get interrupts(): boolean {
    return true
  }

  override newSlot(): TimeLimit {
    return new TimeLimit(this)
  }

  override enter(frame: Frame, index: number): Flow {
    const limit = frame.slots[index] as TimeLimit
    if (this.#queue.clock !== runtime.clock) this.#queue = expiryQueue(runtime.clock, this.ms)
    limit.begin(frame, index, this.#queue)
    return NEXT
  }

  override leave(frame: Frame, index: number): Flow {
    ;(frame.slots[index] as TimeLimit).end()
    frame.uncancel(index)
    return NEXT
  }
}

/** The limit of one call. */
class TimeLimit extends ExpiryEntry {
  readonly #timeout: Timeout
  #frame: Frame | undefined = undefined
  #index: number = 0
  #outerDeadline: number = Infinity
  /** Goes up with each call that ends, so that a listener's new call in the same frame is told apart. */
  #serial: number = 0

  constructor(owner: Timeout) {
    super()
    this.#timeout = owner
  }

  begin(frame: Frame, index: number, queue: ExpiryQueue): void {
    this.#frame = frame
    this.#index = index
    queue.add(this, frame.now())
    this.#outerDeadline = frame.deadline
    if (this.expiresAt < frame.deadline) frame.deadline = this.expiresAt
  }

  override end(): void {
    super.end()
    this.#serial += 1
    this.#frame!.deadline = this.#outerDeadline
  }

  override expire(): void {
    const { ms } = this.#timeout
    const serial = this.#serial
    this.#timeout.emit('timeout', { timeoutMs: ms })
    if (serial !== this.#serial) return
    this.#frame!.cancel(
      this.#index,
      FAILED,
      withoutStack(() => new TimeoutError(ms)),
    )
  }
}
