import type { Timer } from '../clock/clock.js'
import type { RetryStop } from '../events/events.js'
import { callback, flag, having, type Rules } from '../options/rules.js'
import { verdictOf, type FailurePredicates } from '../outcome/failure-predicates.js'
import { discard } from '../outcome/discard.js'
import { FAILED, SUCCEEDED } from '../outcome/kind.js'
import type { Verdict } from '../outcome/verdict.js'
import { NEXT, TURN, WAIT, type Flow } from '../engine/flow.js'
import type { Frame } from '../engine/frame.js'
import type { HappyPlace, RetryPart } from '../engine/happy-place.js'
import type { Policy } from '../promise/policy.js'
import { PolicyStep } from '../promise/policy-step.js'
import { FIRST_TRY, FURTHER_TRY, type RetryBudget } from '../retry-budget/retry-budget.js'
import { Retry, stopReason, type RetryDecisionOptions } from './retry.js'

export interface RetryOptions extends RetryDecisionOptions, FailurePredicates {
  /** Shared by everything that retries one destination. Default: none, every failure may be retried. */
  readonly budget?: RetryBudget | undefined
  /** Retries even calls that their caller marked as not idempotent. Default `false`. */
  readonly nonIdempotent?: boolean | undefined
  /**
   * What the server asked for: milliseconds to wait at least, negative for "do not retry". Default: the
   * `retryAfterMs` of the error, when it has one.
   */
  readonly pushback?: ((error: unknown, value: unknown) => number | undefined) | undefined
}

/**
 * Tries a failed operation again, after a delay.
 *
 * Never retried: what a policy further in refused, what the caller aborted, a call marked `idempotent: false`,
 * and whatever the deadline or the budget leaves no room for. The result of a failed try is discarded (a
 * response body is cancelled) before the next begins.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 * @example
 * const call = retry({ attempts: 3, backoff: exponential({ initialMs: 100, maxMs: 3_000 }) })
 * const tries = await call.execute(({ attempt }) => attempt)
 */
export function retry(options: RetryOptions = {}): Policy {
  return new RetryStep(options)
}

class RetryStep extends PolicyStep implements RetryPart {
  readonly name = 'retry'
  override readonly budget: RetryBudget | undefined
  readonly whenResult: FailurePredicates['whenResult']
  readonly #options: RetryOptions
  readonly #decision: Retry

  constructor(options: RetryOptions) {
    super()
    this.#decision = new Retry(options, () => this.runtime.random(), OWN_RULES)
    this.#options = options
    this.budget = options.budget
    this.whenResult = options.whenResult
  }

  override place(): HappyPlace {
    return 'retry'
  }

  override newSlot(): Tries {
    return new Tries()
  }

  override enter(frame: Frame): Flow {
    this.budget?.start(frame.now())
    return NEXT
  }

  override leave(frame: Frame, index: number): Flow {
    const tries = frame.slots[index] as Tries
    const permit = tries.number === 1 ? FIRST_TRY : FURTHER_TRY
    let flow: Flow = NEXT
    let verdict: Verdict = 'failure'
    try {
      try {
        verdict = frame.cancelled ? 'ignored' : verdictOf(frame.kind, frame.value, this.#options)
      } finally {
        // Also when a predicate threw: the budget must see this try end. Budgets count ends and do not date them, so a
        // success need not read the clock again.
        this.budget?.settle(permit, frame.lastNow, verdict, 0)
      }
      if (verdict === 'failure') flow = this.#retry(frame, index, tries)
    } finally {
      if (flow === NEXT) tries.reset()
    }
    return flow
  }

  override cancel(frame: Frame, index: number): void {
    const tries = frame.slots[index] as Tries
    tries.timer?.cancel()
    tries.reset()
    // The next try was granted but never began.
    this.budget?.settle(FURTHER_TRY, frame.now(), 'ignored', 0)
  }

  #retry(frame: Frame, index: number, tries: Tries): Flow {
    const hasFailed = frame.kind !== SUCCEEDED
    const error = hasFailed ? frame.error : undefined
    const value = hasFailed ? undefined : frame.value
    const { number: attempt, previousDelayMs } = tries
    const { deadline } = frame
    const pushbackMs = this.#pushback(frame, error)
    const now = frame.now()
    const delayMs = this.#decision.next({ attempt, now, deadline, previousDelayMs, pushbackMs, error })
    const reason = this.#stop(delayMs, frame)
    if (reason !== undefined) {
      if (this.observed) this.emit('retry-stopped', { attempt, reason, error, value })
      return NEXT
    }
    if (this.observed) this.emit('retry', { attempt, delayMs, error, value })
    if (!hasFailed) discard(value)
    tries.previousDelayMs = delayMs
    tries.number += 1
    frame.attempt += 1
    if (delayMs === 0) return TURN
    tries.timer = frame.clock.setTimer(delayMs, () => frame.resume(index, true), true)
    return WAIT
  }

  #stop(delayMs: number, frame: Frame): RetryStop | undefined {
    if (delayMs < 0) return stopReason(delayMs)
    if (frame.options.idempotent === false && this.#options.nonIdempotent !== true) return 'not-idempotent'
    const { budget } = this
    return budget === undefined || typeof budget.admit(frame.now()) === 'number' ? undefined : 'budget'
  }

  #pushback(frame: Frame, error: unknown): number | undefined {
    const { pushback } = this.#options
    if (pushback !== undefined) return pushback(error, frame.kind === FAILED ? undefined : frame.value)
    const { retryAfterMs } = Object(error) as { retryAfterMs?: unknown }
    return typeof retryAfterMs === 'number' ? retryAfterMs : undefined
  }
}

/** The tries of one call. */
class Tries {
  /** Which of them this is, from 1. The call's attempt number also counts the tries of retries elsewhere in it. */
  number: number = 1
  previousDelayMs: number = 0
  timer: Timer | undefined

  /** For the next call: whoever has gone leaves it as it was found, so that entering need not. */
  reset(): void {
    this.number = 1
    this.previousDelayMs = 0
  }
}

const OWN_RULES: Rules = {
  when: callback,
  whenResult: callback,
  budget: having('admit', 'a retry budget such as retryBudget()'),
  nonIdempotent: flag,
  pushback: callback,
}
