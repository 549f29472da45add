import { childCompensated } from '../definition/child-step.js'
import type { StepOutcome } from '../decisions/saga-event.js'
import type { SagaState } from '../decisions/saga-state.js'
import { resultsOf } from './run-step.js'

/** A child tells its parent when it ends; this is for when that was lost, and less often for one that takes long. */
const askAgainMs = 2_000
const askAgainMsMax = 60_000
const askAgainFactor = 1.5

/** What the state of a child says of the step that it is, when it is asked for the so many-th time. */
export function childOutcome(
  child: SagaState,
  direction: 'run' | 'compensate',
  attempt: number,
): StepOutcome {
  const { status } = child
  const delayMs = Math.min(askAgainMsMax, askAgainMs * askAgainFactor ** (attempt - 1))
  if (direction === 'compensate') {
    if (status === 'compensated') return { type: 'done' }
    if (status === 'compensation-failed')
      return { type: 'unknown', message: 'a compensation of the child has failed' }
    return { type: 'pending', delayMs }
  }
  if (status === 'done') return { type: 'done', result: resultsOf(child) }
  if (status === 'compensated') {
    const { why = 'cancelled', code = '' } = child.turnedBack ?? {}
    return { type: 'refused', code: childCompensated, message: code === '' ? why : `${why}: ${code}` }
  }
  return { type: 'pending', delayMs }
}
