import {
  AdaptiveLimit,
  QUEUE,
  Waiter,
  type AdaptiveLimitOptions,
  type Clock,
  type Random,
  type Timer,
  type Verdict,
} from '@watertight/policy/decisions'

/** Whoever asks for a slot. */
export interface SlotSeeker {
  /** A slot is free: the work runs now. */
  granted(permit: number, now: number): void
  /** No slot in time. */
  shed(): void
}

/**
 * Drives an adaptive limit: grants slots at once, lets a bounded number wait, sheds the rest, the least important
 * first.
 */
export class Shedding {
  readonly #limit: AdaptiveLimit<WaitingRequest>
  readonly #clock: Pick<Clock, 'setTimer'>

  constructor(options: AdaptiveLimitOptions, clock: Pick<Clock, 'setTimer'>, random: Random) {
    this.#limit = new AdaptiveLimit<WaitingRequest>(options, random)
    this.#clock = clock
  }

  /** How many requests may run at once now. */
  get limit(): number {
    return this.#limit.limit
  }

  get queued(): number {
    return this.#limit.queued
  }

  /**
   * Grants, sheds or queues. Answers how to give up the wait, when there is one; no wait is longer than `patienceMs`.
   */
  seek(seeker: SlotSeeker, now: number, priority: number, patienceMs: number): (() => void) | undefined {
    const permit = this.#limit.admit(now, priority)
    if (typeof permit !== 'number') {
      seeker.shed()
      return undefined
    }
    if (permit !== QUEUE) {
      seeker.granted(permit, now)
      return undefined
    }
    return this.#queue(new WaitingRequest(seeker, priority), now, patienceMs)
  }

  /** Frees the slot of a request that ran for `durationMs`, and hands it on. */
  settle(permit: number, now: number, verdict: Verdict, durationMs: number): void {
    this.#limit.settle(permit, now, verdict, durationMs)
    this.#handOn(now)
  }

  /** Learns from a request whose caller has left; its slot is settled as ignored once its work is over. */
  learn(permit: number, now: number, verdict: Verdict, durationMs: number): void {
    this.#limit.learn(permit, now, verdict, durationMs)
    this.#handOn(now)
  }

  #handOn(now: number): void {
    for (let waiter = this.#limit.grant(now); waiter !== undefined; waiter = this.#limit.grant(now)) {
      waiter.timer?.cancel()
      if (waiter.permit > 0) waiter.seeker.granted(waiter.permit, now)
      else waiter.seeker.shed()
    }
  }

  #queue(waiter: WaitingRequest, now: number, patienceMs: number): (() => void) | undefined {
    const refused = this.#limit.wait(waiter, now)
    refused?.timer?.cancel()
    refused?.seeker.shed()
    if (refused === waiter) return undefined
    waiter.timer = this.#clock.setTimer(Math.min(this.#limit.maxWaitMs, patienceMs), () => {
      if (this.#limit.leave(waiter)) waiter.seeker.shed()
    })
    return () => {
      waiter.timer?.cancel()
      this.#limit.leave(waiter)
    }
  }
}

class WaitingRequest extends Waiter {
  readonly seeker: SlotSeeker
  timer: Timer | undefined = undefined

  constructor(seeker: SlotSeeker, priority: number) {
    super()
    this.seeker = seeker
    this.priority = priority
  }
}
