import { stepPlan, type SagaPlan } from '../definition/saga-plan.js'
import { enterStages } from './enter-stages.js'
import { Progress } from './progress.js'
import type { SagaState, StepState } from './saga-state.js'

type Names = Readonly<Record<string, string>>

/**
 * The state of a saga that goes on in another version of its definition. The stage under way is the first of which a step
 * has not ended, so that steps which the new version has put before are still done.
 *
 * @throws {Error} when the new version lacks a step that was started
 */
export function moveVersion(
  plan: SagaPlan,
  state: SagaState,
  { renamed, at }: { readonly renamed: Names; readonly at: number },
): SagaState {
  const steps = renameKeys(state.steps, renamed)
  for (const step of Object.keys(steps)) stepPlan(plan, step)
  const signals = renameKeys(state.signals, renamed)
  const ended = new Set(Object.keys(steps).filter((name) => hasEnded(steps[name]!)))
  const first = plan.stages.findIndex((stage) => stage.some(({ name }) => !ended.has(name)))
  const stage = first === -1 ? plan.stages.length : first
  const { firstNames: before = {}, ...rest } = state
  const firstNames = firstNamesAfter(plan, before, renamed)
  const known = Object.keys(firstNames).length === 0 ? {} : { firstNames }
  const progress = new Progress(plan, { ...rest, ...known, steps, signals, stage }, at)
  progress.tell('moved to another version', undefined, `version ${plan.version}`)
  enterStages(progress)
  return progress.toState()
}

/** A step keeps its first name whatever it is called later, and no other step of the same saga ever gets that one. */
function firstNamesAfter({ stages, version }: SagaPlan, before: Names, renamed: Names): Names {
  const firstNames = new Map(Object.entries(renameKeys(before, renamed)))
  for (const [older, newer] of Object.entries(renamed))
    if (!Object.hasOwn(before, older)) firstNames.set(newer, older)
  const taken = new Set(
    [...firstNames].flatMap(([name, firstName]) => (name === firstName ? [] : [firstName])),
  )
  for (const { name } of stages.flat())
    if (taken.has(name) && !firstNames.has(name)) firstNames.set(name, `${name}@${version}`)
  return Object.fromEntries([...firstNames].filter(([name, firstName]) => name !== firstName))
}

const renameKeys = <Value>(values: Readonly<Record<string, Value>>, renamed: Names): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(values).map(([key, value]) => [Object.hasOwn(renamed, key) ? renamed[key]! : key, value]),
  )

const hasEnded = ({ status }: StepState): boolean => status !== 'running' && status !== 'waiting'
