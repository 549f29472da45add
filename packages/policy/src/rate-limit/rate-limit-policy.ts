import { QUEUE } from '../admission/queueing.js'
import { Waiter } from '../admission/waiter-queue.js'
import type { Timer } from '../clock/clock.js'
import { NEXT, WAIT, type Flow } from '../engine/flow.js'
import type { Frame } from '../engine/frame.js'
import { refuse } from '../engine/refuse.js'
import type { Policy } from '../promise/policy.js'
import { PolicyStep } from '../promise/policy-step.js'
import { RateLimit, type RateLimitOptions, type RateLimitSnapshot } from './rate-limit.js'

/** A rate limit whose waiting calls can be counted and whose rate can be changed. */
export interface RateLimitPolicy extends Policy {
  /** Calls that wait for their moment now. */
  readonly queued: number
  /** Changes the options. What was counted stays counted, and waiting calls keep the moments they have. */
  reconfigure(options: RateLimitOptions): void
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
export function rateLimit(options: RateLimitOptions): RateLimitPolicy {
  return new RateLimitStep(options)
}

class RateLimitStep extends PolicyStep implements RateLimitPolicy {
  readonly name = 'rate-limit'
  readonly #decision: RateLimit<Wait>

  constructor(options: RateLimitOptions) {
    super()
    this.#decision = new RateLimit<Wait>(options)
  }

  get queued(): number {
    return this.#decision.queued
  }

  reconfigure(options: RateLimitOptions): void {
    this.#decision.reconfigure(options)
  }

  override newSlot(frame: Frame, index: number): Wait {
    return new Wait(frame, index)
  }

  override enter(frame: Frame, index: number): Flow {
    const now = frame.now()
    const answer = this.#decision.admit(now)
    if (typeof answer !== 'number') return refuse(this, frame, answer)
    if (answer !== QUEUE) return NEXT
    const wait = frame.slots[index] as Wait
    this.#decision.wait(wait, now)
    this.#arm(wait, now)
    if (this.observed) this.emit('queued', { queued: this.queued })
    return WAIT
  }

  override cancel(frame: Frame, index: number): void {
    const wait = frame.slots[index] as Wait
    wait.timer?.cancel()
    this.#decision.leave(wait)
  }

  protected override saveState(): unknown {
    return this.#decision.snapshot(this.now, this.runtime.clock.wallNow())
  }

  protected override restoreState(state: unknown): void {
    this.#decision.restore(state as RateLimitSnapshot, this.now, this.runtime.clock.wallNow())
  }

  #arm(wait: Wait, now: number): void {
    // The wait is all that there is of the call yet, so it holds the process.
    wait.timer = this.runtime.clock.setTimer(wait.grantAt - now, () => this.#due(wait), true)
  }

  #due(wait: Wait): void {
    const now = this.now
    // Clocks may be early by a fraction.
    if (wait.grantAt > now) return this.#arm(wait, now)
    for (let next = this.#decision.grant(now); next !== undefined; next = this.#decision.grant(now)) {
      next.timer?.cancel()
      next.frame.resume(next.index, true)
    }
  }
}

/** The wait of one call. */
class Wait extends Waiter {
  readonly frame: Frame
  readonly index: number
  timer: Timer | undefined = undefined

  constructor(frame: Frame, index: number) {
    super()
    this.frame = frame
    this.index = index
  }
}
