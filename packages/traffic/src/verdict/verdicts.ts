import { defaultRetryOn, RetryConditions, type RetryOn } from '../retrying/retry-conditions.js'
import type { FailureClass } from './failure-class.js'
import type { Verdict } from './verdict.js'

/** What the settings of a call say about failure. */
export interface VerdictSettings {
  /** Statuses that are answers to pass on and no failures, whatever else is said of them. Default none. */
  readonly answers?: readonly RetryOn[] | undefined
  /** What is worth another attempt. Default `connect-failure`, `refused-stream`, `reset` and 503. */
  readonly retryOn?: readonly RetryOn[] | undefined
}

/** Statuses from here on are made up. */
const STATUS_END = 600

/**
 * What is a failure, for one set of settings, in one place. A status from 500 on is one, unless the settings call it an
 * answer: then nothing counts it, nothing leaves the endpoint alone for it, nothing replaces it and nothing tries again.
 *
 * Each verdict is made once: asking allocates nothing.
 */
export class Verdicts {
  readonly #answers: RetryConditions
  readonly #retryOn: RetryConditions
  readonly #byStatus: (Verdict | undefined)[] = Array.from({ length: STATUS_END })
  readonly #byFailure: Map<FailureClass, Verdict> = new Map()

  constructor({ answers = [], retryOn = defaultRetryOn }: VerdictSettings = {}) {
    this.#answers = new RetryConditions(answers)
    this.#retryOn = new RetryConditions(retryOn)
  }

  /** An answer with this status has begun. */
  ofStatus(status: number): Verdict {
    const known = this.#byStatus[status]
    if (known !== undefined) return known
    const verdict = this.#judgeStatus(status)
    if (status > 0 && status < STATUS_END) this.#byStatus[status] = verdict
    return verdict
  }

  /** No answer came. */
  ofFailure(failure: FailureClass): Verdict {
    const known = this.#byFailure.get(failure)
    if (known !== undefined) return known
    const verdict: Verdict = {
      outcome: 'failure',
      failed: true,
      replaceable: true,
      repeatable: this.#retryOn.matchesFailure(failure),
      neverSent: failure === 'connect-failure' || failure === 'refused-stream',
      reason: failure,
    }
    this.#byFailure.set(failure, verdict)
    return verdict
  }

  #judgeStatus(status: number): Verdict {
    const isAnswer = this.#answers.matchesStatus(status)
    const failed = status >= 500 && !isAnswer
    const repeatable = !isAnswer && this.#retryOn.matchesStatus(status)
    return {
      outcome: failed ? 'failure' : 'success',
      failed,
      // Also one that asks to be left alone: its caller has no answer either.
      replaceable: failed || (status === 429 && !isAnswer),
      repeatable,
      neverSent: false,
      reason: failed || repeatable ? `status_${status}` : '',
    }
  }
}
