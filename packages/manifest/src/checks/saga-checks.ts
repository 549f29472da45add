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
            if (!leavesEffect(step)) continue
            const failing = stepThatFails(saga, index, step)
            if (failing === undefined) continue
            const when = stage.includes(failing) ? 'beside it' : 'after it'
            yield {
              path: [...step.path, 'name'],
              message: `step ${step.name} of saga ${saga.name} cannot be undone when ${failing.name} fails ${when}`,
              hint: 'write compensate: with the operation that undoes it, or readOnly: true',
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
      for (const { name, path, deadlineMs, longestMs, stages } of model.sagas.values()) {
        if (deadlineMs === undefined || longestMs <= deadlineMs) continue
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

/** Whether something stays behind that nobody takes back. */
function leavesEffect({ kind, compensate, readOnly }: SagaStepModel): boolean {
  // A saga inside is undone with the one around it.
  return kind === 'call' && compensate === undefined && !readOnly
}

/** Whether the saga may turn back because of the step. */
function canFail({ kind, optional, timeoutMs }: SagaStepModel): boolean {
  if (optional || kind === 'sleep') return false
  return kind !== 'signal' || timeoutMs !== undefined
}

function stepThatFails({ stages }: SagaModel, index: number, step: SagaStepModel): SagaStepModel | undefined {
  const others = stages[index]!.filter((other) => other !== step)
  // The last one is told: what comes between is mostly undone like this one.
  return [...others, ...stages.slice(index + 1).flat()].findLast(canFail)
}

function reaches(
  sagas: ReadonlyMap<string, SagaModel>,
  from: string | undefined,
  to: string,
  seen: Set<string> = new Set(),
): boolean {
  if (from === undefined || seen.has(from)) return false
  if (from === to) return true
  seen.add(from)
  const steps = sagas.get(from)?.stages.flat() ?? []
  return steps.some(({ kind, awaits }) => kind === 'saga' && reaches(sagas, awaits, to, seen))
}
