import type { Timer } from '../clock/clock.js'
import { runtime } from '../clock/runtime.js'
import { checkOptions, integer } from '../options/check-options.js'
import { NEXT, TURN, WAIT, type Flow } from '../engine/flow.js'
import type { Frame } from '../engine/frame.js'
import type { Policy } from '../promise/policy.js'
import { Step } from '../engine/step.js'
import { RateLimitRefusal } from './errors.js'
import { RateLimit, type RateLimitOptions, type RateLimitSnapshot } from './rate-limit.js'

export interface RateLimitPolicyOptions extends RateLimitOptions {
  /** How many calls may wait at the same time, an integer >= 1. Default 1000; matters only with `maxWaitMs`. */
  readonly queue?: number | undefined
}

/** A rate limit whose waiting calls can be counted and whose rate can be changed. */
export interface RateLimitPolicy extends Policy {
  /** Calls that wait for their moment now. */
  readonly queued: number
  /** Changes the options. What was counted stays counted, and waiting calls keep the moments they have. */
  reconfigure(options: RateLimitPolicyOptions): void
}

/**
 * Limits how many operations start in a stretch of time.
 *
 * Refuses the rest with a `RateLimitedError` that carries `retryAfterMs`, or with `maxWaitMs` lets them wait for
 * a moment of their own. A call that is aborted while it waits ends at once, and its moment is spent.
 *
 * @throws {OptionError} when an option is missing, unknown or out of its range
 * @example
 * const call = rateLimit({ limit: 100, perMs: 1_000, maxWaitMs: 50 })
 * await call.execute(async () => 'done')
 */
export function rateLimit(options: RateLimitPolicyOptions): RateLimitPolicy {
  return new RateLimitStep(options)
}

class RateLimitStep extends Step implements RateLimitPolicy {
  readonly name = 'rate-limit'
  /** In order of arrival. */
  readonly #waiting: Set<Wait> = new Set()
  readonly #decision: RateLimit
  #options: RateLimitOptions
  #queue: number

  constructor(options: RateLimitPolicyOptions) {
    super()
    const { own, queue } = split(options)
    this.#decision = new RateLimit(own)
    this.#options = own
    this.#queue = queue
  }

  get queued(): number {
    return this.#waiting.size
  }

  reconfigure(options: RateLimitPolicyOptions): void {
    const { own, queue } = split(options)
    this.#decision.reconfigure(own)
    this.#options = own
    this.#queue = queue
  }

  override newSlot(): Wait {
    return { timer: undefined, startsAt: 0 }
  }

  override enter(frame: Frame, index: number): Flow {
    const now = frame.now()
    // Moments are given in order, so while others wait none is free now: nothing is lost by not asking.
    const answer = this.#waiting.size < this.#queue ? this.#decision.admit(now) : this.#full(now)
    if (answer === 0) return NEXT
    if (typeof answer !== 'number') {
      frame.refuse(answer)
      if (this.observed) this.emit('refusal', { code: answer.code, retryAfterMs: answer.retryAfterMs })
      return TURN
    }
    const wait = frame.slots[index] as Wait
    wait.startsAt = now + answer
    this.#waiting.add(wait)
    this.#arm(wait, answer, frame, index)
    if (this.observed) this.emit('queued', { queued: this.#waiting.size })
    return WAIT
  }

  override cancel(frame: Frame, index: number): void {
    const wait = frame.slots[index] as Wait
    wait.timer?.cancel()
    wait.timer = undefined
    this.#waiting.delete(wait)
  }

  protected override saveState(): unknown {
    return this.#decision.snapshot(runtime.clock.now(), runtime.clock.wallNow())
  }

  protected override restoreState(state: unknown): void {
    this.#decision.restore(state as RateLimitSnapshot, runtime.clock.now(), runtime.clock.wallNow())
  }

  #arm(wait: Wait, delayMs: number, frame: Frame, index: number): void {
    wait.timer = runtime.clock.setTimer(
      delayMs,
      () => {
        const leftMs = wait.startsAt - runtime.clock.now()
        // The longest waits are longer than a platform timer can be.
        if (leftMs > 0) return this.#arm(wait, leftMs, frame, index)
        wait.timer = undefined
        this.#waiting.delete(wait)
        frame.resume(index, true)
      },
      // The wait is all that there is of the call yet.
      true,
    )
  }

  /** There is a place again when the first waiter goes. */
  #full(now: number): RateLimitRefusal {
    const { limit, perMs = 1_000 } = this.#options
    const [first] = this.#waiting
    return new RateLimitRefusal(limit, perMs, Math.max(0, first!.startsAt - now))
  }
}

/** The wait of one call. */
interface Wait {
  timer: Timer | undefined
  startsAt: number
}

function split(options: RateLimitPolicyOptions): { own: RateLimitOptions; queue: number } {
  // What is not an object at all is refused with the decision's own message.
  if (typeof options !== 'object' || options === null) return { own: options, queue: 0 }
  const { queue, ...own } = options
  checkOptions('rate limit', { queue }, { queue: integer(1) })
  return { own, queue: queue ?? 1_000 }
}
