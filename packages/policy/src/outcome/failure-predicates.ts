import { FAILED, SUCCEEDED, type Kind } from './kind.js'
import type { Verdict } from './verdict.js'

/** Which errors and results count as failures, in the options of every policy that tells them apart. */
export interface FailurePredicates {
  /** Whether this error is a failure. Default: every error is. An error that is not counts as an answer. */
  readonly when?: ((error: unknown) => boolean) | undefined
  /**
   * Whether this result is a failure all the same, such as a response with status 503. Default: none is. May be
   * asked more than once about one result.
   */
  readonly whenResult?: ((value: unknown) => boolean) | undefined
}

/** How a call counts: refusals further in and the caller's own abort say nothing about the dependency. */
export function verdictOf(kind: Kind, value: unknown, predicates: FailurePredicates): Verdict {
  if (kind === SUCCEEDED) {
    return predicates.whenResult !== undefined && predicates.whenResult(value) ? 'failure' : 'success'
  }
  if (kind !== FAILED) return 'ignored'
  return predicates.when === undefined || predicates.when(value) ? 'failure' : 'success'
}
