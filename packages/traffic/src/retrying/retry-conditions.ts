import {
  type FailureClass,
  failureWords,
  type RetryCondition,
  someMatchesFailure,
  someMatchesGrpc,
  someMatchesStatus,
} from '@watertight/manifest/words'

export { defaultRetryOn } from '@watertight/manifest/words'

/** What may be tried again: a class of failures, or one status. The manifest's words. */
export type RetryOn = RetryCondition

export const retryOnNames: readonly string[] = [
  ...failureWords.status,
  ...failureWords.transport,
  ...failureWords.grpc,
]

/**
 * Which answers and failures are worth another attempt.
 *
 * Source: Envoy's `retry_on`. A failure without an answer matches its own name, and each of `5xx`, `gateway-error` and
 * `reset`, which stand for "no answer came" too; a status matches only what names statuses, and a status of gRPC only
 * its own name.
 */
export class RetryConditions {
  readonly #on: readonly RetryOn[]

  constructor(on: readonly RetryOn[]) {
    this.#on = [...on]
  }

  matchesFailure(failure: FailureClass): boolean {
    return someMatchesFailure(this.#on, failure)
  }

  matchesStatus(status: number): boolean {
    return someMatchesStatus(this.#on, status)
  }

  matchesGrpc(grpcStatus: number): boolean {
    return someMatchesGrpc(this.#on, grpcStatus)
  }
}
