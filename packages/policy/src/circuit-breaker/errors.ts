import { quote } from '../options/quote.js'
import { RefusalError, type Refusal } from '../outcome/refusal.js'

/** The states in which a circuit refuses calls. */
export type RefusingState = 'open' | 'half-open' | 'forced-open'

/**
 * Thrown, or found in an outcome, when a circuit breaker refused to start a call. The operation has not run.
 *
 * `retryAfterMs` is the time until the circuit is due to admit again: exact while it is open, the latest
 * moment while it is half-open, and `undefined` while an operator holds it open. `cause` is the last failure that
 * counted, which is what can be acted on.
 */
export class CircuitOpenError extends RefusalError {
  override readonly name: string = 'CircuitOpenError'
  /** The state that refused: `'open'`, `'half-open'` (all trial places taken) or `'forced-open'`. */
  readonly state: RefusingState
  /** The name of the circuit, if it has one. */
  readonly circuit: string | undefined

  constructor({ state, retryAfterMs, circuit, cause }: CircuitRefusal) {
    const named = circuit === undefined ? 'circuit' : `circuit of ${circuit}`
    const time =
      retryAfterMs === undefined
        ? ''
        : `, for ${state === 'open' ? '' : 'at most '}${inWords(retryAfterMs)} more`
    const failure =
      cause === undefined ? '' : `; last failure: ${cause instanceof Error ? cause.message : quote(cause)}`
    super(
      'WT_CIRCUIT_OPEN',
      `${named} is ${state === 'forced-open' ? 'forced open' : state}${time}${failure}`,
      retryAfterMs,
      cause,
    )
    this.state = state
    this.circuit = circuit
  }
}

/** What a circuit breaker answers instead of a permit. */
export class CircuitRefusal implements Refusal {
  readonly code = 'WT_CIRCUIT_OPEN'
  readonly state: RefusingState
  readonly retryAfterMs: number | undefined
  readonly circuit: string | undefined
  readonly cause: unknown

  constructor(state: RefusingState, retryAfterMs?: number, circuit?: string, cause?: unknown) {
    this.state = state
    this.retryAfterMs = retryAfterMs
    this.circuit = circuit
    this.cause = cause
  }

  toError(): CircuitOpenError {
    return new CircuitOpenError(this)
  }
}

function inWords(ms: number): string {
  return ms < 1_000 ? `${Math.ceil(ms)} ms` : `${Math.ceil(ms / 100) / 10} s`
}
