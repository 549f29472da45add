import type { SagaModel, SagaStepModel } from '../model/data-model.js'
import type { SystemModel } from '../model/system-model.js'
import { suggest } from '../reading/suggest.js'
import type { ManifestSource } from '../source/manifest-source.js'
import { formatWord } from '../words/describe-word.js'
import { sagaStepWords, sagaWords } from '../words/saga-words.js'
import type { Word } from '../words/word.js'
import { UnknownCallError } from './explain-call.js'
import { type ExplainedValue, originOf, wordValue } from './word-value.js'

export interface ExplainedStep {
  readonly name: string
  /** Steps of one stage start together. Counted from 1 on. */
  readonly stage: number
  /** What it does, in words. */
  readonly does: string
  /** What undoes it, in words. */
  readonly undoneBy: string
  /** In milliseconds, every try and every wait at its longest. 0 where nothing but the deadline limits it. */
  readonly longestMs: number
  readonly longestUndoMs: number
  readonly values: readonly ExplainedValue[]
}

/** What a saga does, how long it may take, and where each value comes from. */
export interface SagaExplanation {
  readonly file: string
  readonly saga: string
  readonly service: string | null
  /** The store of that service. */
  readonly store: string | null
  readonly values: readonly ExplainedValue[]
  readonly deadlineMs: number | null
  readonly longestMs: number
  readonly longestUndoMs: number
  readonly steps: readonly ExplainedStep[]
}

/**
 * Explains a saga by its name.
 *
 * @throws UnknownCallError when there is none.
 */
export function explainSaga(
  { model, source }: { readonly model: SystemModel; readonly source: ManifestSource },
  name: string,
): SagaExplanation {
  const saga = model.sagas.get(name)
  if (saga === undefined) {
    const hint = suggest(name, [...model.sagas.keys()])
    throw new UnknownCallError(`cannot explain saga ${name}: there is no saga ${name}; ${hint}`)
  }
  const { service, deadlineMs, longestMs, longestUndoMs } = saga
  return {
    file: source.document.file,
    saga: name,
    service: service ?? null,
    store: model.services.get(service ?? '')?.document.store ?? null,
    values: valuesOf(sagaWords, saga, source),
    deadlineMs: deadlineMs ?? null,
    longestMs,
    longestUndoMs,
    steps: saga.stages.flatMap((stage, index) => stage.map((step) => explainStep(step, index + 1, source))),
  }
}

function explainStep(step: SagaStepModel, stage: number, source: ManifestSource): ExplainedStep {
  const { name, longestMs, longestUndoMs } = step
  const values = step.kind === 'sleep' || step.kind === 'saga' ? [] : valuesOf(wordsOf(step), step, source)
  return { name, stage, does: doesOf(step), undoneBy: undoneBy(step), longestMs, longestUndoMs, values }
}

/** Only what has a meaning for the step. */
function wordsOf({ kind, compensate }: SagaStepModel): Readonly<Record<string, Word>> {
  const names = Object.keys(sagaStepWords).filter((name) => {
    if (kind === 'signal') return name === 'timeout'
    return compensate !== undefined || !name.startsWith('compensation.')
  })
  return Object.fromEntries(names.map((name) => [name, sagaStepWords[name]!]))
}

function doesOf({ kind, service, operation, awaits, longestMs, readOnly }: SagaStepModel): string {
  switch (kind) {
    case 'signal':
      return `waits for the signal ${awaits}`
    case 'sleep':
      return `waits ${formatWord(sagaWords['deadline']!, longestMs)}`
    case 'saga':
      return `runs the saga ${awaits}`
    case 'call': {
      const what = [operation, service].filter((part) => part !== undefined).join(' of ')
      const reads = readOnly ? 'reads' : 'calls'
      return what === '' ? `${reads} what its code says` : `${reads} ${what}`
    }
  }
}

function undoneBy({ kind, compensate, readOnly, awaits }: SagaStepModel): string {
  if (compensate !== undefined) return `undone by ${compensate}`
  if (kind === 'saga') return `undone by undoing the saga ${awaits}`
  return kind === 'call' && !readOnly ? 'never undone' : 'nothing to undo'
}

function valuesOf(
  words: Readonly<Record<string, Word>>,
  model: SagaModel | SagaStepModel,
  source: ManifestSource,
): ExplainedValue[] {
  return Object.entries(words).map(([name, word]) => {
    const [, value] = wordValue(model, name, word)
    const shown = value === undefined ? 'none' : formatWord(word, value)
    return { name, value: shown, origin: originOf(name, model.origins, source) }
  })
}
