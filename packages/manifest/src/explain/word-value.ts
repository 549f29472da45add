import type { Origin } from '../model/origin.js'
import { formatOrigin } from '../model/origin.js'
import type { ManifestSource } from '../source/manifest-source.js'
import { formatWord } from '../words/describe-word.js'
import type { Word } from '../words/word.js'

/** A value in force, as a person would write it, and where it comes from. */
export interface ExplainedValue {
  /** The dotted name in the document, such as `retry.backoff.jitter`. */
  readonly name: string
  readonly value: string
  /** `watertight.yaml:12`, `default`, or `not set`. */
  readonly origin: string
}

/** What a word stands for in a model, whose names carry their unit; where the walk ended, and the value there. */
export function wordValue(model: object, name: string, { kind }: Word): [place: string, value: unknown] {
  const unit = kind === 'duration' ? 'Ms' : kind === 'size' ? 'Bytes' : ''
  const steps = name.split('.')
  let at: unknown = model
  for (const [index, step] of steps.entries()) {
    const key = index === steps.length - 1 ? `${step}${unit}` : step
    at = (at as Record<string, unknown>)[key]
    if (at === undefined) return [steps.slice(0, index + 1).join('.'), undefined]
  }
  return [name, at]
}

/** The values of a table of words; a part that the model does not have says so once. */
export function explainWords(
  words: Readonly<Record<string, Word>>,
  model: object,
  origins: ReadonlyMap<string, Origin>,
  source: ManifestSource,
): ExplainedValue[] {
  const values = new Map<string, string>()
  for (const [name, word] of Object.entries(words)) {
    const [place, value] = wordValue(model, name, word)
    values.set(value === undefined ? place : name, formatWord(word, value ?? 'off'))
  }
  return [...values].map(([name, value]) => ({ name, value, origin: originOf(name, origins, source) }))
}

export function originOf(name: string, origins: ReadonlyMap<string, Origin>, source: ManifestSource): string {
  const origin = origins.get(name)
  return origin === undefined ? 'not set' : formatOrigin(origin, source)
}
