import type { NamedMatch, RouteMatch } from '@watertight/manifest'
import type { RequestHead } from '../http1/index.js'
import { hostMatcher } from './host-matcher.js'
import { pathMatcher } from './path-matcher.js'
import { valueMatcher } from './value-matcher.js'

export type RequestMatcher = (head: RequestHead, path: string) => boolean

/** Methods that no route takes which does not name them. */
const unasked: ReadonlySet<string> = new Set(['CONNECT', 'TRACE'])

/** Whether a request belongs to a route: all of its conditions hold. */
export function requestMatcher(match: RouteMatch): RequestMatcher {
  const takesPath = pathMatcher(match)
  const conditions = [
    methodCondition(match.methods),
    ...(match.hosts.length === 0 ? [] : [hostMatcher(match.hosts)]),
    ...match.headers.map(headerCondition),
    ...match.query.map(queryCondition),
  ]
  return (head, path) => {
    if (!takesPath(path)) return false
    for (let index = 0; index < conditions.length; index++) {
      if (!conditions[index]!(head)) return false
    }
    return true
  }
}

function methodCondition(methods: readonly string[]): (head: RequestHead) => boolean {
  if (methods.length === 0) return ({ method }) => !unasked.has(method)
  const named = new Set(methods)
  return ({ method }) => named.has(method)
}

function headerCondition(match: NamedMatch): (head: RequestHead) => boolean {
  const accepts = valueMatcher(match)
  return ({ headers }) => accepts(headers.get(match.name))
}

function queryCondition(match: NamedMatch): (head: RequestHead) => boolean {
  const accepts = valueMatcher(match)
  return ({ target }) => accepts(queryParameter(target, match.name))
}

/** The first parameter of a target's query that has this name. */
export function queryParameter(target: string, name: string): string | undefined {
  const start = target.indexOf('?')
  if (start < 0) return undefined
  return new URLSearchParams(target.slice(start + 1)).get(name) ?? undefined
}
