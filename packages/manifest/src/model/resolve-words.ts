import type { DocumentPath } from '../source/manifest-source.js'
import { type Duration, durationMs } from '../units/duration.js'
import type { Word } from '../words/word.js'
import { DEFAULT_ORIGIN, type Origin } from './origin.js'

/** Values by the table, and where each came from by its dotted name. */
export interface ResolvedWords<Values extends object> {
  readonly values: Values
  readonly origins: ReadonlyMap<string, Origin>
}

/**
 * Reads every key of a table out of a part of the document: what is given or its default, durations in milliseconds under
 * a name that says so. Undefined where there is neither.
 */
export function resolveWords<Values extends object>(
  words: Readonly<Record<string, Word>>,
  document: object,
  path: DocumentPath,
): ResolvedWords<Values> {
  const values: Record<string, unknown> = {}
  const origins = new Map<string, Origin>()
  for (const [name, word] of Object.entries(words)) {
    const steps = name.split('.')
    const given = steps.reduce<unknown>(
      (at, step) => (at as Record<string, unknown> | undefined)?.[step],
      document,
    )
    origins.set(name, given === undefined ? DEFAULT_ORIGIN : { kind: 'document', path: [...path, ...steps] })
    const isDuration = word.kind === 'duration'
    const value = given === undefined ? word.default : isDuration ? durationMs(given as Duration) : given
    const key = steps.pop()!
    const at = steps.reduce<Record<string, unknown>>(
      (below, step) => (below[step] ??= {}) as Record<string, unknown>,
      values,
    )
    at[isDuration ? `${key}Ms` : key] = value
  }
  return { values: values as Values, origins }
}
