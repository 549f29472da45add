import { isEnded, type SagaState } from '../decisions/saga-state.js'
import type { FoundStatus } from '../engine/saga-engine.js'
import type { WorkflowDescription } from './temporal-sdk.js'

/** A saga as its workflow shows it. */
export interface FoundSaga {
  readonly description: WorkflowDescription
  readonly version: number
  readonly state: SagaState
}

/** How a workflow ends that does not end by itself, in the words of Temporal's client. */
const outside: ReadonlySet<string> = new Set(['FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT'])

/** The same in the words of Temporal's index. */
export const endedOutsideQuery = `ExecutionStatus IN ('Failed', 'Canceled', 'Terminated', 'TimedOut')`

/** Whether a workflow was ended before its saga had come to its end. */
export const isEndedOutside = ({ description, state }: FoundSaga): boolean =>
  outside.has(description.status.name) && !isEnded(state)

export const foundStatus = (found: FoundSaga): FoundStatus =>
  isEndedOutside(found) ? 'ended-outside' : found.state.status
