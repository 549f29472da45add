import type { CallPolicies } from '../fetch-options.js'
import { BulkheadRefusal, QUEUE, RateLimit, Waiter, type Refusal } from '@watertight/policy/decisions'

/** What would have been done to calls, had the policies been enforced. */
export interface Observations {
  /** Calls that would have been refused, the circuit breaker's included. */
  readonly refused: number
  /** Attempts and calls that would have been cut off. */
  readonly timedOut: number
  /** Further attempts that would have been made, at least. */
  readonly retried: number
}

/**
 * Decides in observe mode what the enforced policies would decide, by the same decisions, and counts it. The circuit
 * breaker and ejection observe by themselves.
 */
export class Observer {
  /** Told of each refusal that is not made. */
  onRefusal: ((policy: string, refusal: Refusal) => void) | undefined = undefined
  #policies: CallPolicies
  #rateLimit: RateLimit | undefined
  #running: number = 0
  #refused: number = 0
  #timedOut: number = 0
  #retried: number = 0

  constructor(policies: CallPolicies) {
    this.#policies = policies
    this.#rateLimit = policies.rateLimit && new RateLimit(policies.rateLimit)
  }

  reconfigure(policies: CallPolicies): void {
    this.#policies = policies
    const { rateLimit } = policies
    if (rateLimit === undefined) this.#rateLimit = undefined
    else if (this.#rateLimit === undefined) this.#rateLimit = new RateLimit(rateLimit)
    else this.#rateLimit.reconfigure(rateLimit)
  }

  counts(breakerRefused: number): Observations {
    return { refused: this.#refused + breakerRefused, timedOut: this.#timedOut, retried: this.#retried }
  }

  /** A call begins. */
  began(now: number): void {
    const { bulkhead } = this.#policies
    if (this.#rateLimit !== undefined) this.#askRateLimit(this.#rateLimit, now)
    if (bulkhead !== undefined && this.#running >= bulkhead.concurrency + (bulkhead.queue ?? 0)) {
      this.#refuse('bulkhead', new BulkheadRefusal('full', bulkhead.concurrency, bulkhead.queue ?? 0))
    }
    this.#running += 1
  }

  /** It is over; `worthRepeating` says that the conditions for another attempt held. */
  ended(durationMs: number, worthRepeating: boolean): void {
    const { timeout, retry } = this.#policies
    this.#running -= 1
    const limits = timeout === false ? {} : (timeout ?? {})
    const limitMs = Math.min(limits.attemptMs ?? Infinity, limits.totalMs ?? Infinity)
    if (durationMs > limitMs) this.#timedOut += 1
    if (worthRepeating && retry !== false && (retry?.attempts ?? 3) > 1) this.#retried += 1
  }

  /** Nobody waits here, but whoever would have waited takes the moment that it would have had. */
  #askRateLimit(rateLimit: RateLimit, now: number): void {
    while (rateLimit.queued > 0 && rateLimit.grant(now) !== undefined);
    const answer = rateLimit.admit(now)
    if (typeof answer !== 'number') this.#refuse('rate-limit', answer)
    else if (answer === QUEUE) rateLimit.wait(new Waiter(), now)
  }

  #refuse(policy: string, refusal: Refusal): void {
    this.#refused += 1
    this.onRefusal?.(policy, refusal)
  }
}
