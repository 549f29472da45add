import type { RouteMatch } from '@watertight/manifest'
import { linearRegex } from './linear-regex.js'

/** Whether a path, without its query, belongs to a route. */
export type PathMatcher = (path: string) => boolean

/** `/x` takes `/x` and what is below it; `exact`, `prefix` and `regex` say so. */
export function pathMatcher({ path, pathKind }: Pick<RouteMatch, 'path' | 'pathKind'>): PathMatcher {
  if (pathKind === 'exact') return (given) => given === path
  if (pathKind === 'prefix') return (given) => given.startsWith(path)
  if (pathKind === 'regex') {
    const regex = linearRegex(path)
    return (given) => regex.test(given)
  }
  const base = path.endsWith('/') ? path.slice(0, -1) : path
  const below = `${base}/`
  return (given) => given.startsWith(below) || given === base
}
