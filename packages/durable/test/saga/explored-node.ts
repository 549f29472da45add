import { systemClock } from '@watertight/policy/decisions'
import { decide } from '../../src/saga/decisions/decide.js'
import { begin, evolve } from '../../src/saga/decisions/evolve.js'
import type { SagaCommand } from '../../src/saga/decisions/saga-command.js'
import type { SagaEvent, StepOutcome } from '../../src/saga/decisions/saga-event.js'
import type { SagaState } from '../../src/saga/decisions/saga-state.js'
import type { SagaDefinition } from '../../src/saga/definition/saga-definition.js'
import { stepPlan } from '../../src/saga/definition/saga-plan.js'
import { childOutcome } from '../../src/saga/engine/child-outcome.js'
import { LazyAbort } from '../../src/saga/engine/lazy-abort.js'
import { contextOf, stepKeyOf } from '../../src/saga/engine/run-step.js'
import { type Effects, type ServiceRequest, withArrived } from './effects.js'

/** What may still go wrong on the way. */
export interface Mishaps {
  readonly crashes: number
  readonly lostAnswers: number
  readonly cancellations: number
}

/** How a saga and its children stand, and all that is known of what they have asked. */
export interface ExploredNode {
  readonly now: number
  readonly sagas: Readonly<Record<string, SagaState>>
  /** Asked by the process that lives; what a crash forgets. */
  readonly asked: readonly ServiceRequest[]
  readonly effects: Effects
  /** Requests of steps that are still on their way, although nobody waits for them. */
  readonly late: readonly ServiceRequest[]
  readonly left: Mishaps
}

export type Asking = Exclude<SagaCommand, { readonly type: 'wake' }>
/** A saga and those that are steps of it, by their ids. */
export type Definitions = ReadonlyMap<string, SagaDefinition>

export function definitionsOf(definition: SagaDefinition, id = 's'): Definitions {
  const children = [...definition.code].flatMap(([step, { child }]) =>
    child === undefined ? [] : [...definitionsOf(child, stepKeyOf(id, step))],
  )
  return new Map([[id, definition], ...children])
}

export const asks = ({ plan }: SagaDefinition, state: SagaState): Asking[] =>
  decide(plan, state).filter((command) => command.type !== 'wake')

/** The request that the code of a step makes with what it is handed. */
export function requestOf(
  { plan, code }: SagaDefinition,
  node: ExploredNode,
  saga: string,
  { step, attempt, type }: Asking,
): ServiceRequest {
  const direction = type === 'compensate' ? 'compensate' : 'run'
  const { key, stepKey } = contextOf({
    sagaId: saga,
    plan: stepPlan(plan, step),
    code: code.get(step)!,
    state: node.sagas[saga]!,
    attempt,
    direction,
    clock: systemClock,
    stop: new LazyAbort(),
  })
  const name = [saga, step, attempt, direction, key, stepKey].join(' ')
  return { name, saga, step, attempt, direction, key, stepKey }
}

export function happen(
  definitions: Definitions,
  node: ExploredNode,
  saga: string,
  event: SagaEvent,
): ExploredNode {
  const before = node.sagas[saga]!
  const state = evolve(definitions.get(saga)!.plan, before, event)
  return state === before ? node : { ...node, sagas: { ...node.sagas, [saga]: state } }
}

/** A request arrives, at a service or at the store in which the child is that the step stands for; with what that answers. */
export function arrive(
  definitions: Definitions,
  node: ExploredNode,
  request: ServiceRequest,
): { readonly node: ExploredNode; readonly outcome: StepOutcome } {
  const { saga, step, direction } = request
  const id = stepKeyOf(saga, step)
  const child = definitions.get(id)
  if (child === undefined) {
    const arrived = { ...node, effects: withArrived(node.effects, request) }
    return { node: arrived, outcome: { type: 'done', result: step } }
  }
  const begun = begin(child.plan, null, node.now)
  // One that was not begun before it is undone never will be.
  const never: SagaState = { ...begun, status: 'compensated', steps: {} }
  const state = node.sagas[id] ?? (direction === 'run' ? begun : never)
  const found = { ...node, sagas: { ...node.sagas, [id]: state } }
  const outcome = childOutcome(state, direction, 1)
  if (direction === 'run') return { node: found, outcome }
  const undo: SagaEvent = { type: 'cancelled', at: node.now, evenWhenDone: true }
  return { node: happen(definitions, found, id, undo), outcome }
}
