import type { RetryCondition } from '@watertight/manifest'
import type { FailureClass } from '../verdict/failure-class.js'

/** What may be tried again: a class of failures, or one status. The manifest's words. */
export type RetryOn = RetryCondition

/** By name, so that one that the manifest learns or forgets does not compile here. */
const classes: Readonly<Record<Exclude<RetryOn, number>, true>> = {
  '5xx': true,
  'gateway-error': true,
  'connect-failure': true,
  'refused-stream': true,
  reset: true,
  'attempt-timeout': true,
  'retriable-4xx': true,
}

export const retryOnNames: readonly string[] = Object.keys(classes)

/** What is tried again when nothing is said: what mostly was not done, or was refused for now. */
export const defaultRetryOn: readonly RetryOn[] = ['connect-failure', 'refused-stream', 'reset', 503]

/**
 * Which answers and failures are worth another attempt.
 *
 * Source: Envoy's `retry_on`. A failure without an answer matches its own name, and each of `5xx`, `gateway-error` and
 * `reset`, which stand for "no answer came" too; a status matches only what names statuses.
 */
export class RetryConditions {
  readonly #names: ReadonlySet<RetryOn>
  readonly #anyFailure: boolean

  constructor(on: readonly RetryOn[]) {
    this.#names = new Set(on)
    this.#anyFailure = on.includes('5xx') || on.includes('gateway-error') || on.includes('reset')
  }

  matchesFailure(failure: FailureClass): boolean {
    return this.#anyFailure || this.#names.has(failure as RetryOn)
  }

  matchesStatus(status: number): boolean {
    if (status < 400) return this.#names.has(status)
    if (status >= 500 && status < 600 && this.#names.has('5xx')) return true
    if (status >= 502 && status <= 504 && this.#names.has('gateway-error')) return true
    if (status === 409 && this.#names.has('retriable-4xx')) return true
    return this.#names.has(status)
  }
}
