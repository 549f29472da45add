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
const GRPC_STATUS_END = 17

/** UNKNOWN, DEADLINE_EXCEEDED, UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS. */
const grpcFailures: ReadonlySet<number> = new Set([2, 4, 12, 13, 14, 15])

/** What a sidecar can say of its own process, by the word that stands in its answer. */
const ofProcesses: ReadonlyMap<string, FailureClass> = new Map(
  (['connect-failure', 'reset-before-request', 'refused-stream', 'reset'] as const).map((name) => [
    name,
    name,
  ]),
)

const neverSent: ReadonlySet<FailureClass> = new Set<FailureClass>([
  'connect-failure',
  'refused-stream',
  'reset-before-request',
])

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
  readonly #byGrpcStatus: (Verdict | undefined)[] = Array.from({ length: GRPC_STATUS_END })
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

  /**
   * An answer of 503 has begun, with this in its `x-watertight-failure`, if anything: a sidecar says there how its process
   * failed, and so the answer counts as that failure.
   */
  ofUnavailable(failure: string | undefined): Verdict {
    const failureClass = failure === undefined ? undefined : ofProcesses.get(failure)
    return failureClass === undefined ? this.ofStatus(503) : this.ofFailure(failureClass)
  }

  /**
   * An answer has ended with this `grpc-status`, 0 for OK, beside a status of 200. Of gRPC's codes, those speak against
   * the callee that OpenTelemetry counts as errors of a server.
   */
  ofGrpcStatus(grpcStatus: number): Verdict {
    const known = this.#byGrpcStatus[grpcStatus]
    if (known !== undefined) return known
    const failed = grpcFailures.has(grpcStatus)
    const repeatable = this.#retryOn.matchesGrpc(grpcStatus)
    const verdict: Verdict = {
      outcome: failed ? 'failure' : 'success',
      failed,
      replaceable: failed,
      repeatable,
      neverSent: false,
      reason: failed || repeatable ? `grpc_${grpcStatus}` : '',
    }
    if (grpcStatus >= 0 && grpcStatus < GRPC_STATUS_END) this.#byGrpcStatus[grpcStatus] = verdict
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
      neverSent: neverSent.has(failure),
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
