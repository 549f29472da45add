import {
  AdaptiveLimit,
  Bulkhead,
  QUEUE,
  type Queueing,
  RateLimit,
  type Refusal,
  Retry,
  Waiter,
} from '@watertight/policy/decisions'
import type { PolicySettings } from '../settings/call-settings.js'
import type { EventRelay } from './event-relay.js'

/** What would have been done to calls, had the policies been enforced. */
export interface Observations {
  /** Calls that would have been refused, the circuit breaker's included. */
  readonly refused: number
  /** Attempts and calls that would have been cut off. */
  readonly timedOut: number
  /** Further attempts that would have been made, at least. */
  readonly retried: number
}

/** A call under observation, and what the decisions that let calls in have given it. */
export interface ObservedCall {
  readonly startedAt: number
  readonly holds: readonly Hold[]
  /** The policy that would have refused it. */
  readonly refusedBy: string | undefined
}

/** What would have been done to one call in the end. */
export interface ObservedEnd {
  readonly timedOut: boolean
  readonly retried: boolean
}

/** A permit, or the place in a queue in which a permit is waited for. */
interface Hold {
  readonly decision: Queueing
  readonly held: { permit: number; readonly waiting?: boolean }
}

/**
 * Asks in observe mode the decisions that the enforced policies would ask, and counts what they answer: every call
 * runs, whether it would have been let in, have waited or been refused. The circuit breaker and ejection observe by
 * themselves.
 */
export class Observer {
  /** Where it tells what is not done. */
  events: Pick<EventRelay, 'emit'> | undefined = undefined
  #policies: PolicySettings = {}
  #rateLimit: RateLimit | undefined = undefined
  #bulkhead: Bulkhead | undefined = undefined
  #adaptiveLimit: AdaptiveLimit | undefined = undefined
  #retry: Retry | undefined = undefined
  #refused: number = 0
  #timedOut: number = 0
  #retried: number = 0

  constructor(policies: PolicySettings) {
    this.reconfigure(policies)
  }

  reconfigure(policies: PolicySettings): void {
    const { rateLimit, adaptiveLimit, bulkhead, retry } = policies
    this.#policies = policies
    this.#rateLimit = kept(this.#rateLimit, rateLimit, (options) => new RateLimit(options))
    // The middle of what chance might give: it decides when the shortest latency is measured anew, and nothing else.
    this.#adaptiveLimit = kept(
      this.#adaptiveLimit,
      adaptiveLimit,
      (options) => new AdaptiveLimit(options, () => 0.5),
    )
    this.#bulkhead = kept(this.#bulkhead, bulkhead && slotsOf(bulkhead), (options) => new Bulkhead(options))
    // The delays do not matter, for nothing is sent again.
    this.#retry = retry === false ? undefined : new Retry({ attempts: retry?.attempts ?? 3 }, () => 0)
  }

  counts(breakerRefused: number): Observations {
    return { refused: this.#refused + breakerRefused, timedOut: this.#timedOut, retried: this.#retried }
  }

  /** A call begins. */
  began(now: number): ObservedCall {
    const asked = [
      ['rate-limit', this.#rateLimit],
      ['adaptive-limit', this.#adaptiveLimit],
      ['bulkhead', this.#bulkhead],
    ] as const
    const holds: Hold[] = []
    let refusedBy: string | undefined
    for (const [name, decision] of asked) {
      if (decision === undefined) continue
      const hold = this.#ask(name, decision, now)
      if (hold === undefined) refusedBy ??= name
      else holds.push(hold)
    }
    return { startedAt: now, holds, refusedBy }
  }

  /** It is over; `worthRepeating` says that the conditions for another attempt held. */
  ended({ startedAt, holds }: ObservedCall, now: number, worthRepeating: boolean): ObservedEnd {
    const durationMs = now - startedAt
    for (const { decision, held } of holds) {
      // One that has run without the permit that it waits for would have waited longer.
      if (held.waiting === true) decision.leave(held as Waiter)
      else if (held.permit > 0)
        decision.settle(held.permit, now, worthRepeating ? 'failure' : 'success', durationMs)
    }
    const { timeout } = this.#policies
    const limits = timeout === false ? {} : (timeout ?? {})
    const { attemptMs = Infinity, totalMs = Infinity } = limits
    const timedOut = durationMs > Math.min(attemptMs, totalMs)
    const deadline = startedAt + totalMs
    const failed = { attempt: 1, now, deadline, previousDelayMs: 0 }
    const retried = worthRepeating && this.#retry !== undefined && this.#retry.next(failed) >= 0
    if (timedOut) {
      this.#timedOut += 1
      this.events?.emit('would-time-out', 'timeout', { durationMs })
    }
    if (retried) {
      this.#retried += 1
      this.events?.emit('would-retry', 'retry', { attempt: 1 })
    }
    return { timedOut, retried }
  }

  /** Undefined when it refuses. */
  #ask(name: string, decision: Queueing, now: number): Hold | undefined {
    this.#handOn(name, decision, now)
    const answer = decision.admit(now)
    if (typeof answer !== 'number') {
      this.#refuse(name, answer)
      return undefined
    }
    if (answer !== QUEUE) return { decision, held: { permit: answer } }
    const waiter = new Waiter()
    decision.wait(waiter, now)
    return { decision, held: waiter }
  }

  /** Ends the waits that would be over by now. */
  #handOn(name: string, decision: Queueing, now: number): void {
    for (let next = decision.grant(now); next !== undefined; next = decision.grant(now)) {
      if (next.permit === 0) this.#refuse(name, decision.refusal(next.end, now))
    }
  }

  #refuse(policy: string, { code, retryAfterMs }: Refusal): void {
    this.#refused += 1
    this.events?.emit('would-refuse', policy, { code, retryAfterMs })
  }
}

/** A decision stays, with what it remembers, while there are options for it. */
function kept<D extends { reconfigure(options: O): void }, O>(
  decision: D | undefined,
  options: O | undefined,
  create: (options: O) => D,
): D | undefined {
  if (options === undefined) return undefined
  if (decision === undefined) return create(options)
  decision.reconfigure(options)
  return decision
}

/** The options of the decision alone. */
function slotsOf({ concurrency, queue, maxWaitMs }: NonNullable<PolicySettings['bulkhead']>): {
  concurrency: number
  queue?: number
  maxWaitMs?: number
} {
  return {
    concurrency,
    ...(queue === undefined ? {} : { queue }),
    ...(maxWaitMs === undefined ? {} : { maxWaitMs }),
  }
}
