/** What an attempt, or a whole call, came to. Made once, and read by everything that judges. */
export interface Verdict {
  /**
   * - `success`: the callee has answered, and not that it failed
   * - `failure`: it failed, as circuit breaker, ejection and metrics count it
   * - `refused`: this side did not send it
   * - `aborted`: nobody waits for it any more, or the fault is the caller's own
   */
  readonly outcome: 'success' | 'failure' | 'refused' | 'aborted'
  /** It speaks against the callee. */
  readonly failed: boolean
  /** A fallback may answer in its place. */
  readonly replaceable: boolean
  /** The conditions for another attempt hold, as far as they depend on how this one ended. */
  readonly repeatable: boolean
  /** The callee has seen nothing of the request: it is harmless to send again, whatever it is. */
  readonly neverSent: boolean
  /** For a label: `status_503`, `reset`; empty for a success. */
  readonly reason: string
}

/** A policy refused to start it. */
export const refused: Verdict = {
  outcome: 'refused',
  failed: false,
  replaceable: true,
  repeatable: false,
  neverSent: true,
  reason: 'refused',
}

/** The limit of the whole call passed: the callee did not answer in the time that it had. */
export const timedOut: Verdict = {
  outcome: 'failure',
  failed: true,
  replaceable: true,
  repeatable: false,
  neverSent: false,
  reason: 'timeout',
}

/** Its caller has left. */
export const aborted: Verdict = {
  outcome: 'aborted',
  failed: false,
  replaceable: false,
  repeatable: false,
  neverSent: false,
  reason: 'aborted',
}

/** Nobody could send it, whatever the callee does: a wrong header, or a fault in the caller's own body. */
export const unsendable: Verdict = { ...aborted, neverSent: true, reason: 'unsendable' }
