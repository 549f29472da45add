import type { RouteMatch } from '@watertight/manifest'

/** Whether a path, without its query, belongs to a route. */
export type PathMatcher = (path: string) => boolean

/** `/x` takes `/x` and what is below it; `exact` and `prefix` say so. */
export function pathMatcher({ path, pathKind }: Pick<RouteMatch, 'path' | 'pathKind'>): PathMatcher {
  if (pathKind === 'exact') return (given) => given === path
  if (pathKind === 'prefix') return (given) => given.startsWith(path)
  const base = path.endsWith('/') ? path.slice(0, -1) : path
  const below = `${base}/`
  return (given) => given.startsWith(below) || given === base
}
