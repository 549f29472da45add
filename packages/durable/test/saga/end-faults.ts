import { isFinal, type StepPlan } from '../../src/saga/definition/saga-plan.js'
import { stepKeyOf } from '../../src/saga/engine/run-step.js'
import type { Definitions, ExploredNode } from './explored-node.js'
import { happenedTwice, stands } from './effects.js'

/** What is wrong with an end; nothing when all is done, or all undone, and each effect has happened once. */
export function endFaults(definitions: Definitions, node: ExploredNode): string[] {
  const twice = happenedTwice(node.effects).map((step) => `${step}: twice`)
  return [...twice, ...Object.keys(node.sagas).flatMap((saga) => faultsOf(definitions, node, saga))]
}

function faultsOf(definitions: Definitions, { sagas, effects }: ExploredNode, saga: string): string[] {
  const { status, timeline } = sagas[saga]!
  const steps = definitions.get(saga)!.plan.stages.flat()
  const calls = steps.filter(({ kind }) => kind === 'call')
  const hasStood = ({ name }: StepPlan): boolean => {
    const id = stepKeyOf(saga, name)
    return definitions.has(id) ? sagas[id]?.status === 'done' : stands(effects, saga, name)
  }
  const tale = timeline.map(({ what, step = '' }) => `${what} ${step}`).join(', ')
  const tell = (found: readonly StepPlan[], what: string): string[] =>
    found.map(({ name }) => `${saga}/${name}: ${what}: ${tale}`)
  if (status === 'done')
    return tell(
      calls.filter((step) => !step.optional && !hasStood(step)),
      'done without it',
    )
  if (status !== 'compensated') return [`${saga}: stuck as ${status}: ${tale}`]
  return [
    ...tell(
      calls.filter((step) => step.hasEffect && hasStood(step)),
      'undone but for it',
    ),
    ...tell(
      calls.filter((step) => isFinal(step) && hasStood(step)),
      'undone although it cannot be',
    ),
  ]
}
