import type { Failure } from '../outcome/outcome.js'
import { refusalError, type Refusal, type RefusalError } from '../outcome/refusal.js'

/**
 * How a refused call ended. Makes its error when that is read: a refused call that is only counted never pays for one.
 */
export class RefusedOutcome implements Failure {
  readonly ok = false
  readonly reason = 'refusal'
  #refusal: Refusal

  constructor(refusal: Refusal) {
    this.#refusal = refusal
  }

  get error(): RefusalError {
    return (this.#refusal = refusalError(this.#refusal))
  }
}
