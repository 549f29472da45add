import type { SagaModel, SagaStepModel } from '../model/data-model.js'
import { formatDuration } from '../units/duration.js'
import type { Check } from './check.js'

export const sagaChecks: readonly Check[] = [
  {
    code: 'WT-DATA-SAGA-NO-COMPENSATION',
    group: 'data',
    severity: 'error',
    title: 'a saga step that nothing undoes when a later one fails',
    *find(model) {
      for (const saga of model.sagas.values()) {
        for (const [index, stage] of saga.stages.entries()) {
          for (const step of stage) {
            if (!leavesEffect(model.sagas, step)) continue
            const failing = stepThatFails(saga, index, step)
            if (failing === undefined) continue
            const when = stage.includes(failing) ? 'beside it' : 'after it'
            yield {
              path: [...step.path, 'name'],
              message: `step ${step.name} of saga ${saga.name} cannot be undone when ${failing.name} fails ${when}`,
              hint:
                step.kind === 'saga'
                  ? `write compensate: for each step of saga ${step.awaits}, or readOnly: true, or have ${step.name} come last`
                  : 'write compensate: with the operation that undoes it, or readOnly: true',
            }
          }
        }
      }
    },
  },
  {
    code: 'WT-DATA-SAGA-OUTLIVES-DEADLINE',
    group: 'data',
    severity: 'warning',
    title: 'a saga whose steps may take longer than the whole',
    *find(model) {
      for (const { name, path, deadlineMs, longestMs, stages, engine } of model.sagas.values()) {
        if (deadlineMs === undefined || longestMs <= deadlineMs || engine === 'events') continue
        const slowest = stages.flat().reduce((one, other) => (other.longestMs > one.longestMs ? other : one))
        yield {
          path: [...path, 'deadline'],
          part: 'value',
          message: `saga ${name} may take ${formatDuration(longestMs)} and turns back after ${formatDuration(deadlineMs)}, while tries are left; step ${slowest.name} alone may take ${formatDuration(slowest.longestMs)}`,
          hint: `write deadline: ${formatDuration(longestMs)}, or fewer attempts or a shorter timeout for ${slowest.name}`,
        }
      }
    },
  },
  {
    code: 'WT-DATA-SAGA-NOBODY-WAITS',
    group: 'data',
    severity: 'warning',
    title: 'a saga by events is to wait, and nobody does',
    *find(model) {
      for (const { name, path, deadlineMs, stages, engine } of model.sagas.values()) {
        if (engine !== 'events') continue
        if (deadlineMs !== undefined)
          yield {
            path: [...path, 'deadline'],
            part: 'value',
            message: `nobody turns saga ${name} back after ${formatDuration(deadlineMs)}: with engine: events nobody directs it`,
            hint: 'leave deadline out (deadline: null in a profile), or write engine: store',
          }
        for (const step of stages.flat()) {
          if (step.kind !== 'signal' && step.kind !== 'sleep') continue
          yield {
            path: [...step.path, 'name'],
            message: `nobody waits in step ${step.name} of saga ${name}: with engine: events a step begins with the event of the one before`,
            hint: `leave ${step.name} out, or write engine: store`,
          }
        }
      }
    },
  },
  {
    code: 'WT-DATA-SAGA-CYCLE',
    group: 'data',
    severity: 'error',
    title: 'a saga that waits for itself',
    *find(model) {
      for (const { name, stages } of model.sagas.values()) {
        const step = stages
          .flat()
          .find(({ awaits, kind }) => kind === 'saga' && reaches(model.sagas, awaits, name))
        if (step === undefined) continue
        yield {
          path: [...step.path, 'saga'],
          part: 'value',
          message: `saga ${name} starts ${step.awaits} in its step ${step.name}, which in the end starts ${name} again`,
          hint: 'start the inner one by an event, or make one saga of both',
        }
      }
    },
  },
]

type Sagas = ReadonlyMap<string, SagaModel>

/** Whether something stays behind that nobody takes back. A saga inside is undone with the one around it, if each of its steps is. */
function leavesEffect(sagas: Sagas, step: SagaStepModel, seen: ReadonlySet<string> = new Set()): boolean {
  const { kind, compensate, readOnly, awaits } = step
  if (kind === 'call') return isFinal({ compensate, readOnly })
  if (kind !== 'saga' || awaits === undefined || seen.has(awaits)) return false
  const steps = sagas.get(awaits)?.stages.flat() ?? []
  return steps.some((inner) => leavesEffect(sagas, inner, new Set([...seen, awaits])))
}

/** Whether a call is asked until it answers, since nothing undoes it. */
const isFinal = ({ compensate, readOnly }: Pick<SagaStepModel, 'compensate' | 'readOnly'>): boolean =>
  compensate === undefined && !readOnly

/** Whether the saga may turn back because of the step. By events each one may say no; otherwise what cannot be undone does not fail. */
function canFail(step: SagaStepModel, { engine }: SagaModel): boolean {
  const { kind, optional, timeoutMs } = step
  if (optional || kind === 'sleep') return false
  if (kind === 'signal') return timeoutMs !== undefined
  return kind === 'saga' || engine === 'events' || !isFinal(step)
}

function stepThatFails(saga: SagaModel, index: number, step: SagaStepModel): SagaStepModel | undefined {
  const { stages } = saga
  const others = stages[index]!.filter((other) => other !== step)
  // The last one is told: what comes between is mostly undone like this one.
  return [...others, ...stages.slice(index + 1).flat()].findLast((other) => canFail(other, saga))
}

function reaches(sagas: Sagas, from: string | undefined, to: string, seen: Set<string> = new Set()): boolean {
  if (from === undefined || seen.has(from)) return false
  if (from === to) return true
  seen.add(from)
  const steps = sagas.get(from)?.stages.flat() ?? []
  return steps.some(({ kind, awaits }) => kind === 'saga' && reaches(sagas, awaits, to, seen))
}
