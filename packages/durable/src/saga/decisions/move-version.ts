import { stepPlan, type SagaPlan } from '../definition/saga-plan.js'
import { enterStages } from './enter-stages.js'
import { Progress } from './progress.js'
import type { SagaState, StepState } from './saga-state.js'

/**
 * The state of a saga that goes on in another version of its definition. The stage under way is the first of which a step
 * has not ended, so that steps which the new version has put before are still done.
 *
 * @throws {Error} when the new version lacks a step that was started
 */
export function moveVersion(
  plan: SagaPlan,
  state: SagaState,
  { renamed, at }: { readonly renamed: Readonly<Record<string, string>>; readonly at: number },
): SagaState {
  const steps = renameKeys(state.steps, renamed)
  for (const step of Object.keys(steps)) stepPlan(plan, step)
  const signals = renameKeys(state.signals, renamed)
  const first = plan.stages.findIndex((stage) => stage.some(({ name }) => !hasEnded(steps[name])))
  const stage = first === -1 ? plan.stages.length : first
  const progress = new Progress(plan, { ...state, steps, signals, stage }, at)
  progress.tell('moved to another version', undefined, `version ${plan.version}`)
  enterStages(progress)
  return progress.toState()
}

const renameKeys = <Value>(
  values: Readonly<Record<string, Value>>,
  renamed: Readonly<Record<string, string>>,
): Record<string, Value> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [renamed[key] ?? key, value]))

const hasEnded = (step: StepState | undefined): boolean =>
  step !== undefined && step.status !== 'running' && step.status !== 'waiting'
