import type { SagaBranchDocument, SagaDocument } from '../document/data-document.js'
import type { ManifestDocument } from '../document/manifest-document.js'
import type { DocumentPath } from '../source/manifest-source.js'
import { durationMs } from '../units/duration.js'
import { sagaStepWords, sagaWords } from '../words/saga-words.js'
import type { DataRetryModel, SagaModel, SagaStepModel } from './data-model.js'
import { resolveWords } from './resolve-words.js'

type StepValues = Pick<SagaStepModel, 'retry' | 'timeoutMs' | 'compensation' | 'optional' | 'readOnly'>

/** Every saga, with its longest time; of a saga within a saga too, which is looked into once. */
export function buildSagas({ sagas = {} }: ManifestDocument): ReadonlyMap<string, SagaModel> {
  const built = new Map<string, SagaModel>()
  const open = new Set<string>()
  const build = (name: string): SagaModel | undefined => {
    const document = sagas[name]
    // One that waits for itself, in the end, has no longest time: the part inside counts for nothing.
    if (document === undefined || open.has(name)) return built.get(name)
    let saga = built.get(name)
    if (saga === undefined) {
      open.add(name)
      built.set(name, (saga = buildSaga(name, document, build)))
      open.delete(name)
    }
    return saga
  }
  for (const name of Object.keys(sagas)) build(name)
  return built
}

function buildSaga(
  name: string,
  document: SagaDocument,
  inner: (name: string) => SagaModel | undefined,
): SagaModel {
  const path = ['sagas', name]
  const { values, origins } = resolveWords<Pick<SagaModel, 'version' | 'deadlineMs' | 'engine'>>(
    sagaWords,
    document,
    path,
  )
  const stages = document.steps.map((step, index): SagaStepModel[] => {
    const at: DocumentPath = [...path, 'steps', index]
    return step.parallel === undefined
      ? [buildStep(step, at, inner)]
      : step.parallel.map((branch, place) => buildStep(branch, [...at, 'parallel', place], inner))
  })
  return {
    name,
    path,
    service: document.service,
    ...values,
    stages,
    longestMs: sum(stages.map((stage) => Math.max(...stage.map(({ longestMs }) => longestMs)))),
    longestUndoMs: sum(stages.flat().map(({ longestUndoMs }) => longestUndoMs)),
    origins,
  }
}

function buildStep(
  document: SagaBranchDocument,
  path: DocumentPath,
  inner: (name: string) => SagaModel | undefined,
): SagaStepModel {
  const { values, origins } = resolveWords<StepValues>(sagaStepWords, document, path)
  const { name, service, operation, compensate, signal, sleep, saga } = document
  const kind =
    signal !== undefined ? 'signal' : sleep !== undefined ? 'sleep' : saga !== undefined ? 'saga' : 'call'
  const waitsForEver = kind === 'signal' && document.timeout === undefined
  const timeoutMs = waitsForEver ? undefined : values.timeoutMs
  const child = saga === undefined ? undefined : inner(saga)
  const longest = {
    call: () => longestTime(values.retry, values.timeoutMs ?? 0),
    signal: () => timeoutMs ?? 0,
    sleep: () => durationMs(sleep ?? '0ms'),
    saga: () => Math.min(child?.longestMs ?? 0, child?.deadlineMs ?? Infinity),
  }
  const { compensation } = values
  return {
    name,
    path,
    kind,
    service,
    operation,
    compensate,
    awaits: signal ?? saga,
    ...values,
    timeoutMs,
    longestMs: longest[kind](),
    longestUndoMs:
      compensate === undefined
        ? (child?.longestUndoMs ?? 0)
        : longestTime(compensation.retry, compensation.timeoutMs),
    origins,
  }
}

/** Every try runs into its time limit, and every wait between two is as long as it may be. */
function longestTime({ attempts, backoff: { initialMs, maxMs } }: DataRetryModel, timeoutMs: number): number {
  let waitsMs = 0
  let waitMs = initialMs
  let left = attempts - 1
  for (; left > 0 && waitMs < maxMs && waitMs > 0; left -= 1) {
    waitsMs += waitMs
    waitMs *= 2
  }
  return attempts * timeoutMs + waitsMs + left * Math.min(waitMs, maxMs)
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
