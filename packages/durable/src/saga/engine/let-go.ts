import type { SagaCommand } from '../decisions/saga-command.js'
import { isAskedAgain, isEnded, isWaiting, type SagaState } from '../decisions/saga-state.js'
import { stepPlan, type SagaPlan } from '../definition/saga-plan.js'
import { timersLane } from '../definition/step-plan-of.js'
import { headStartMs } from '../queries/head-start.js'

/** That a saga need not stay with its worker: when somebody has to look at it next, and what it waits for until then. */
export interface LetGo {
  readonly dueAt: number | null
  readonly waitsFor: string
}

/**
 * Whether a worker lets a saga go that has nothing under way: it has ended, it waits for time or for a signal, or there is
 * no room for what it has to do. So a worker holds no more than it works on, and those that wait cost it nothing.
 */
export function letGo(
  plan: SagaPlan,
  state: SagaState,
  commands: readonly SagaCommand[],
  now: number,
  hasRoom: (dependency: string, isAgain: boolean) => boolean,
): LetGo | undefined {
  if (isEnded(state) || state.status === 'compensation-failed') return { dueAt: null, waitsFor: timersLane }
  let wakeAt: number | null = null
  let asked: { readonly dependency: string; readonly isAgain: boolean } | undefined
  for (const command of commands) {
    if (command.type === 'wake') wakeAt = command.at
    else if (command.type === 'settle' || asked !== undefined) return undefined
    else
      asked = {
        dependency: stepPlan(plan, command.step).dependency,
        isAgain: isAskedAgain(state, command.step),
      }
  }
  if (asked === undefined) return { dueAt: wakeAt, waitsFor: laneAt(plan, state, wakeAt) }
  if (hasRoom(asked.dependency, asked.isAgain)) return undefined
  return { dueAt: asked.isAgain ? now : now - headStartMs, waitsFor: asked.dependency }
}

/** What the step waits for that is asked again first. */
function laneAt(plan: SagaPlan, { steps }: SagaState, dueAt: number | null): string {
  const first = Object.entries(steps).find(([, step]) => step.dueAt === dueAt && isWaiting(step))
  return first === undefined ? timersLane : stepPlan(plan, first[0]).dependency
}
