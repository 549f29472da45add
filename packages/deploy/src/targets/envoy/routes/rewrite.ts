import type { PathChange, RewriteModel, RouteMatch } from '@watertight/manifest'
import type { Json } from '../json.js'
import { escaped } from './path-specifier.js'

/** What the service sees in place of what came. */
export function rewrite(change: RewriteModel | undefined, match: RouteMatch): Json {
  if (change === undefined) return {}
  return {
    ...(change.path === undefined ? {} : { regex_rewrite: pathRewrite(change.path, match) }),
    ...(change.host === undefined ? {} : { host_rewrite_literal: change.host }),
  }
}

/**
 * Another path, as a pattern and what takes its place. Envoy's `prefix_rewrite` would leave two slashes where a part is
 * replaced by `/`, and take the whole path of an operation for the part.
 */
export function pathRewrite({ part, path }: PathChange, match: RouteMatch): Json {
  if (part === 'whole') return replacing('^.*$', path)
  if (match.pathKind === 'prefix') return replacing(`^${escaped(match.path)}(.*)$`, path, '\\1')
  const base = match.path.replace(/\/$/, '')
  const target = path.replace(/\/$/, '')
  return target === ''
    ? replacing(`^${escaped(base)}/?(.*)$`, '/', '\\1')
    : replacing(`^${escaped(base)}(/.*)?$`, target, '\\1')
}

function replacing(regex: string, path: string, rest: string = ''): Json {
  return { pattern: { regex }, substitution: `${path.replace(/\\/g, '\\\\')}${rest}` }
}
