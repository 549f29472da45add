import { ABORTED, REFUSED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import type { Failure, Outcome } from '../outcome/outcome.js'
import { refusalError, type Refusal, type RefusalError } from '../outcome/refusal.js'

/** How something ended, as a frame holds it. */
export interface Settled {
  readonly kind: Kind
  readonly value: unknown
  readonly error: unknown
  readonly fallback: boolean
}

/** The same for whoever made the call. */
export function outcomeOf(settled: Settled): Outcome<unknown> {
  if (settled.kind === SUCCEEDED) return { ok: true, value: settled.value, fallback: settled.fallback }
  if (settled.kind === REFUSED) return new RefusedOutcome(settled.value as Refusal)
  return { ok: false, error: settled.value, reason: settled.kind === ABORTED ? 'abort' : 'failure' }
}

/** Makes its error when that is read: a refused call that is only counted never pays for one. */
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
