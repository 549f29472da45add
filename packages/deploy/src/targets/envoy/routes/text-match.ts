import type { NamedMatch, RouteMatch, ValueMatch } from '@watertight/manifest'
import type { Json } from '../json.js'

/** What a text must be. */
export function textMatch({ kind, value }: ValueMatch): Json {
  if (kind === 'prefix') return { prefix: value }
  return kind === 'regex' ? { safe_regex: { regex: value } } : { exact: value }
}

/** What a header, or a parameter of the query, must be. */
function namedMatch(match: NamedMatch): Json {
  const { name, kind } = match
  if (kind === 'present') return { name, present_match: true }
  return kind === 'absent' ? { name, present_match: false } : { name, string_match: textMatch(match) }
}

/** What a match says beside the path: methods, headers and the query. TRACE passes only where it is named. */
export function otherMatches(
  { methods, headers, query }: RouteMatch,
  more: readonly Json[],
  guarded: boolean,
): Json {
  const method =
    methods.length > 0
      ? [{ name: ':method', string_match: { safe_regex: { regex: methods.join('|') } } }]
      : guarded
        ? [NO_TRACE]
        : []
  const all = [...method, ...headers.map(namedMatch), ...more]
  return {
    ...(all.length === 0 ? {} : { headers: all }),
    ...(query.length === 0 ? {} : { query_parameters: query.map(namedMatch) }),
  }
}

const NO_TRACE: Json = { name: ':method', string_match: { exact: 'TRACE' }, invert_match: true }
