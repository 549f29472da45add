import type { SagaPlan } from '../definition/saga-plan.js'
import { isFinalSaga } from './progress.js'
import type { SagaCommand } from './saga-command.js'
import { isWaiting, type SagaState } from './saga-state.js'

/**
 * What has to be done for a saga in this state. It reads nothing but the state, so whoever takes a saga over after a crash
 * does what the one before would have done; what is under way already is known by its step and attempt.
 */
export function decide(plan: SagaPlan, state: SagaState): SagaCommand[] {
  const commands: SagaCommand[] = []
  let wakeAt = state.status === 'running' ? deadlineOf(plan, state) : Infinity
  for (const [step, stepState] of Object.entries(state.steps)) {
    const { status, attempt, dueAt } = stepState
    if (status === 'running')
      commands.push({ type: state.status === 'running' ? 'run' : 'settle', step, attempt })
    else if (status === 'compensating') commands.push({ type: 'compensate', step, attempt })
    else if (dueAt !== undefined && isWaiting(stepState)) wakeAt = Math.min(wakeAt, dueAt)
  }
  if (wakeAt < Infinity) commands.push({ type: 'wake', at: wakeAt })
  return commands
}

/** A deadline counts for as long as the saga can turn back. */
const deadlineOf = (plan: SagaPlan, { deadlineAt, steps }: SagaState): number =>
  deadlineAt === undefined || isFinalSaga(plan, Object.entries(steps)) ? Infinity : deadlineAt
