import type { SagaCommand } from '../decisions/saga-command.js'
import { isAskedAgain, isEnded, isWaiting, type SagaState } from '../decisions/saga-state.js'
import { stepPlan, type SagaPlan } from '../definition/saga-plan.js'
import { timersLane } from '../definition/step-plan-of.js'
import type { Lanes } from './lanes.js'
import { headStartMs } from '../queries/head-start.js'

/** That a saga need not stay with its worker: when somebody has to look at it next, and what it waits for until then. */
export interface LetGo {
  readonly dueAt: number | null
  readonly waitsFor: string
}

/** A step, or its compensation, that is to be asked. */
export interface Asked {
  readonly step: string
  readonly attempt: number
  readonly dependency: string
  /** Whether it was tried before. */
  readonly isAgain: boolean
}

/** The room of a worker for what is to be asked. */
export interface Room {
  readonly has: (asked: Asked) => boolean
  /** Where it waits when there is none. */
  readonly lanes: Pick<Lanes, 'liveliest'>
}

/**
 * Whether a worker lets a saga go that has nothing under way: it has ended, it waits for time or for a signal, or there is
 * no room for anything that it has to do. So a worker holds no more than it works on, and those that wait cost it nothing.
 */
export function letGo(
  plan: SagaPlan,
  state: SagaState,
  commands: readonly SagaCommand[],
  now: number,
  room: Room,
): LetGo | undefined {
  if (isEnded(state) || state.status === 'compensation-failed') return { dueAt: null, waitsFor: timersLane }
  let wakeAt: number | null = null
  const all: Asked[] = []
  for (const command of commands) {
    if (command.type === 'wake') wakeAt = command.at
    else if (command.type === 'settle') return undefined
    else {
      const { step, attempt } = command
      const { dependency } = stepPlan(plan, step)
      all.push({ step, attempt, dependency, isAgain: isAskedAgain(state, step) })
    }
  }
  if (all.some(room.has)) return undefined
  const next = room.lanes.liveliest(all)
  if (next === undefined) return { dueAt: wakeAt, waitsFor: laneAt(plan, state, wakeAt) }
  return { dueAt: next.isAgain ? now : now - headStartMs, waitsFor: next.dependency }
}

/** What the step waits for that is asked again first. */
function laneAt(plan: SagaPlan, { steps }: SagaState, dueAt: number | null): string {
  const first = Object.entries(steps).find(([, step]) => step.dueAt === dueAt && isWaiting(step))
  return first === undefined ? timersLane : stepPlan(plan, first[0]).dependency
}
