import { nearestSpelling } from '@watertight/policy/options'
import type { SagaPlan } from '../definition/saga-plan.js'
import { firstNameOf, type SagaState } from './saga-state.js'

const lettersShown = 64

/** The step that waits for a signal, by its name now or by its first one; undefined when there is none. */
export function signalStep(plan: SagaPlan, state: SagaState, signal: string): string | undefined {
  const names = signalNames(plan)
  return names.find((name) => name === signal) ?? names.find((name) => firstNameOf(state, name) === signal)
}

/** What is wrong with a signal that no step waits for. */
export function noSuchSignal(plan: SagaPlan, signal: string): string {
  const names = signalNames(plan)
  const near = nearestSpelling(signal, names)
  const hint = near === undefined ? `it has ${names.join(', ') || 'none'}` : `did you mean ${near}?`
  return `saga ${plan.name} has no signal ${signal.slice(0, lettersShown)}; ${hint}`
}

const signalNames = ({ stages }: SagaPlan): string[] =>
  stages.flat().flatMap(({ kind, name }) => (kind === 'signal' ? [name] : []))
