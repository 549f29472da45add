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
  private readonly adaptive: AdaptiveLimit<WaitingRequest>
  private readonly clock: Pick<Clock, 'setTimer'>

  constructor(options: AdaptiveLimitOptions, clock: Pick<Clock, 'setTimer'>, random: Random) {
    this.adaptive = new AdaptiveLimit<WaitingRequest>(options, random)
    this.clock = clock
  }

  /** How many requests may run at once now. */
  get limit(): number {
    return this.adaptive.limit
  }

  get queued(): number {
    return this.adaptive.queued
  }

  /**
   * Grants, sheds or queues. Answers how to give up the wait, when there is one; no wait is longer than `patienceMs`.
   */
  seek(seeker: SlotSeeker, now: number, priority: number, patienceMs: number): (() => void) | undefined {
    const permit = this.adaptive.admit(now, priority)
    if (typeof permit !== 'number') {
      seeker.shed()
      return undefined
    }
    if (permit !== QUEUE) {
      seeker.granted(permit, now)
      return undefined
    }
    return this.queue(new WaitingRequest(seeker, priority), now, patienceMs)
  }

  /** Frees the slot of a request that ran for `durationMs`, and hands it on. */
  settle(permit: number, now: number, verdict: Verdict, durationMs: number): void {
    this.adaptive.settle(permit, now, verdict, durationMs)
    this.handOn(now)
  }

  /** Learns from a request whose caller has left; its slot is settled as ignored once its work is over. */
  learn(permit: number, now: number, verdict: Verdict, durationMs: number): void {
    this.adaptive.learn(permit, now, verdict, durationMs)
    this.handOn(now)
  }

  private handOn(now: number): void {
    for (let waiter = this.adaptive.grant(now); waiter !== undefined; waiter = this.adaptive.grant(now)) {
      waiter.timer?.cancel()
      if (waiter.permit > 0) waiter.seeker.granted(waiter.permit, now)
      else waiter.seeker.shed()
    }
  }

  private queue(waiter: WaitingRequest, now: number, patienceMs: number): (() => void) | undefined {
    const refused = this.adaptive.wait(waiter, now)
    refused?.timer?.cancel()
    refused?.seeker.shed()
    if (refused === waiter) return undefined
    waiter.timer = this.clock.setTimer(Math.min(this.adaptive.maxWaitMs, patienceMs), () => {
      if (this.adaptive.leave(waiter)) waiter.seeker.shed()
    })
    return () => {
      waiter.timer?.cancel()
      this.adaptive.leave(waiter)
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
