import { RefusalError, type Refusal } from '../outcome/refusal.js'

/** The states in which a circuit refuses calls. */
export type RefusingState = 'open' | 'half-open' | 'forced-open'

/**
 * Thrown, or found in an outcome, when a circuit breaker refused to start a call. The operation has not run.
 *
 * `retryAfterMs` is the time until the circuit is due to admit again: exact while it is open, the latest
 * moment while it is half-open, and `undefined` while an operator holds it open.
 */
export class CircuitOpenError extends RefusalError {
  override readonly name: string = 'CircuitOpenError'
  /** The state that refused: `'open'`, `'half-open'` (all trial places taken) or `'forced-open'`. */
  readonly state: RefusingState

  constructor(state: RefusingState, retryAfterMs?: number) {
    super('WT_CIRCUIT_OPEN', message(state, retryAfterMs), retryAfterMs)
    this.state = state
  }
}

/** What a circuit breaker answers instead of a permit. */
export class CircuitRefusal implements Refusal {
  readonly code = 'WT_CIRCUIT_OPEN'
  readonly state: RefusingState
  readonly retryAfterMs: number | undefined

  constructor(state: RefusingState, retryAfterMs: number | undefined) {
    this.state = state
    this.retryAfterMs = retryAfterMs
  }

  toError(): CircuitOpenError {
    return new CircuitOpenError(this.state, this.retryAfterMs)
  }
}

function message(state: RefusingState, retryAfterMs: number | undefined): string {
  if (retryAfterMs === undefined) return `cannot start call: circuit is ${state}`
  return `cannot start call: circuit is ${state}, retry after ${Math.ceil(retryAfterMs)} ms`
}
