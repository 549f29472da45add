import type { Idempotence } from '@watertight/manifest'
import type { Json } from '../json.js'
import { operationPattern, targetPattern } from './path-specifier.js'
import type { Passage } from '../passage.js'

/** Some of the requests of a passage, and whether these may be sent more than once. */
export interface RepeatableMatch {
  /** In place of the path of the passage; undefined where that stays. */
  readonly path: Json | undefined
  readonly headers: readonly Json[]
  readonly repeatable: boolean
}

/** Methods that may be repeated by definition (RFC 9110, section 9.2.2). */
const IDEMPOTENT = 'GET|HEAD|OPTIONS|TRACE|PUT|DELETE'
const hasKey: Json = { name: 'idempotency-key', present_match: true }

/**
 * Envoy retries whatever method a request has, so that a passage whose requests are not alike becomes several routes:
 * one or two an operation that the document describes, then methods that are idempotent, requests with a key, the rest.
 */
export function repeatableMatches({ operations, match }: Passage): readonly RepeatableMatch[] {
  const target = targetPattern(match)
  const within = target === undefined ? [] : [matching(':path', target)]
  const described = [...operations].flatMap(([name, idempotence]) => {
    const space = name.indexOf(' ')
    const path = { safe_regex: { regex: operationPattern(name.slice(space + 1)) } }
    const headers = [matching(':method', name.slice(0, space)), ...within]
    return ofOperation(idempotence).map(({ key, repeatable }) => ({
      path,
      headers: key ? [...headers, hasKey] : headers,
      repeatable,
    }))
  })
  return [
    ...described,
    { path: undefined, headers: [matching(':method', IDEMPOTENT)], repeatable: true },
    { path: undefined, headers: [hasKey], repeatable: true },
    { path: undefined, headers: [], repeatable: false },
  ]
}

function ofOperation(idempotence: Idempotence): readonly { key: boolean; repeatable: boolean }[] {
  if (idempotence !== 'by-key') return [{ key: false, repeatable: idempotence }]
  return [
    { key: true, repeatable: true },
    { key: false, repeatable: false },
  ]
}

function matching(name: string, regex: string): Json {
  return { name, string_match: { safe_regex: { regex } } }
}
