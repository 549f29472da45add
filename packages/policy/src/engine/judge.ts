import { verdictOf, type FailurePredicates } from '../outcome/failure-predicates.js'
import type { Verdict } from '../outcome/verdict.js'
import type { CallState } from './call-state.js'

/** How a call counts for a step with these predicates; one that throws fails the call with what it threw. */
export function judge(call: CallState, predicates: FailurePredicates): Verdict {
  try {
    return verdictOf(call.kind, call.value, predicates)
  } catch (error) {
    call.failInstead(error)
    return 'failure'
  }
}
