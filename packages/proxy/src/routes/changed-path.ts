import type { PathChange, RouteMatch } from '@watertight/manifest'

/**
 * Another path in place of the one that came, or of the part that its route matched. A slash is neither doubled nor lost
 * where the parts meet.
 */
export function changedPath({ part, path }: PathChange, match: RouteMatch, given: string): string {
  if (part === 'whole') return path
  const matched =
    match.path.endsWith('/') && match.pathKind === 'segments' ? match.path.slice(0, -1) : match.path
  const rest = given.slice(matched.length)
  if (match.pathKind !== 'segments') return path + rest
  const base = path.endsWith('/') ? path.slice(0, -1) : path
  return rest === '' ? path : `${base}${rest}`
}
