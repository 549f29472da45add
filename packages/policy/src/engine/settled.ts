import { ABORTED, REFUSED, SUCCEEDED, type Kind } from '../outcome/kind.js'
import type { Outcome } from '../outcome/outcome.js'

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
  if (settled.kind === REFUSED) return settled.value as Outcome<unknown>
  return { ok: false, error: settled.value, reason: settled.kind === ABORTED ? 'abort' : 'failure' }
}
