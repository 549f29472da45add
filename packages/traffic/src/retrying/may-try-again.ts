import type { Verdict } from '../verdict/verdict.js'

/** What another attempt depends on besides how the last one ended. */
export interface RepeatableRequest {
  /** It may be done twice. */
  readonly idempotent: boolean
  /** The same bytes can be sent again. */
  readonly replayable: boolean
}

/**
 * Whether a request may be sent again: when the conditions hold, its bytes are still there, and doing it twice does no
 * harm, be it that it may be repeated or that the callee has seen nothing of it.
 */
export function mayTryAgain(verdict: Verdict, request: RepeatableRequest): boolean {
  return verdict.repeatable && (request.idempotent || verdict.neverSent) && request.replayable
}
