import { type Json } from '../json.js'
import type { RouteMatch } from '@watertight/manifest'

/** The path of a request without its query, as `match` of the document says it. */
export function pathSpecifier({ path, pathKind }: RouteMatch): Json {
  if (pathKind === 'exact') return { path }
  if (pathKind === 'regex') return { safe_regex: { regex: path } }
  if (pathKind === 'prefix') return { prefix: path }
  const base = path.replace(/\/$/, '')
  // Envoy's prefix by segments takes the path itself and what is below it, and no word that goes on.
  return base === '' ? { prefix: '/' } : { path_separated_prefix: base }
}

/** The same as a condition on the whole target of a request, for where the path says something else already. */
export function targetPattern({ path, pathKind }: RouteMatch): string | undefined {
  const base = path.replace(/\/$/, '')
  if (pathKind === 'exact') return `${escaped(path)}(\\?.*)?`
  if (pathKind === 'regex') return `(?:${path})(\\?.*)?`
  if (pathKind === 'prefix') return path === '/' ? undefined : `${escaped(path)}.*`
  return base === '' ? undefined : `${escaped(base)}([/?].*)?`
}

/** The paths of an operation such as `/orders/:id`. A slash at the end counts for nothing. */
export function operationPattern(path: string): string {
  const segments = path.split('?', 1)[0]!.split('/').slice(1)
  if (segments.at(-1) === '') segments.pop()
  if (segments.length === 0) return '/'
  const parts = segments.map((segment) => (/^(:.*|\{.*\}|\*)$/.test(segment) ? '[^/]+' : escaped(segment)))
  return `/${parts.join('/')}/?`
}

export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
