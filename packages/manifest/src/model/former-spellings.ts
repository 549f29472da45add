import type { ManifestDocument } from '../document/manifest-document.js'
import type { PolicySections } from '../document/policy-document.js'
import type { DocumentPath } from '../source/manifest-source.js'
import type { Problem } from '../source/problem.js'

/** A key as older documents have it, and the same key as it is written now. */
export interface FormerSpelling {
  readonly former: DocumentPath
  readonly now: DocumentPath
  readonly formerValue: unknown
  /** Undefined where only the former one is written. */
  readonly value: unknown
}

/** Where a document uses a spelling that was replaced: linear in policies and calls. */
export function* formerSpellings(document: ManifestDocument): Iterable<FormerSpelling> {
  for (const [path, { answers, breaker, hedge }] of sectionsOf(document)) {
    if (typeof breaker === 'object' && breaker.answers !== undefined) {
      const [former, now] = [
        [...path, 'breaker', 'answers'],
        [...path, 'answers'],
      ]
      yield { former, now, formerValue: breaker.answers, value: answers }
    }
    if (typeof hedge === 'object' && hedge.attempts !== undefined) {
      const [former, now] = [
        [...path, 'hedge', 'attempts'],
        [...path, 'hedge', 'extra'],
      ]
      yield { former, now, formerValue: hedge.attempts, value: hedge.extra }
    }
  }
}

/** Both spellings in one place, with different content: nobody can know which one is meant. */
export function* spellingConflicts(document: ManifestDocument): Iterable<Problem> {
  for (const { former, now, formerValue, value } of formerSpellings(document)) {
    if (value === undefined || inOrder(formerValue) === inOrder(value)) continue
    const [old, current] = [keyOf(former), keyOf(now)]
    yield {
      code: 'WT-DOC-TWO-SPELLINGS',
      path: former,
      part: 'key',
      message: `cannot read ${current}: ${old} is its former name and says something else`,
      hint: `keep ${current} and remove ${old}`,
    }
  }
}

/** A key as a person names it, without its place: `breaker.answers`. */
export function keyOf(path: DocumentPath): string {
  const from = path[0] === 'policies' ? 2 : 4
  return path.slice(from).join('.')
}

function* sectionsOf(document: ManifestDocument): Iterable<[DocumentPath, PolicySections]> {
  for (const [name, policy] of Object.entries(document.policies ?? {})) yield [['policies', name], policy]
  for (const [from, { calls }] of Object.entries(document.services)) {
    for (const [to, call] of Object.entries(calls ?? {}))
      yield [['services', from, 'calls', to], call as PolicySections]
  }
}

// The order of a list of answers means nothing.
function inOrder(value: unknown): string {
  return Array.isArray(value) ? value.map(String).sort().join(' ') : String(value)
}
