import type { RedirectModel, RouteMatch } from '@watertight/manifest'
import { knownHeaders, type RequestHead } from '../http1/index.js'
import { changedPath } from './changed-path.js'

/** Where a caller is sent: what the document leaves open stays as it came. */
export function redirectLocation(
  redirect: RedirectModel,
  match: RouteMatch,
): (head: RequestHead, target: string, isSecure: boolean) => string {
  return (head, target, isSecure) => {
    const query = target.indexOf('?')
    const path = query < 0 ? target : target.slice(0, query)
    const changed = redirect.path === undefined ? path : changedPath(redirect.path, match, path)
    const kept = query < 0 || changed.includes('?') ? '' : target.slice(query)
    const scheme = redirect.scheme ?? (isSecure ? 'https' : 'http')
    return `${scheme}://${authority(redirect, head)}${changed}${kept}`
  }
}

/** The port stays, unless scheme or host change, which then have the scheme's own. */
function authority({ scheme, host, port }: RedirectModel, { headers }: RequestHead): string {
  const given = headers.valueOf(knownHeaders.host) ?? ''
  const name = host ?? given.replace(/:\d*$/, '')
  if (port !== undefined) return `${name}:${port}`
  return scheme === undefined && host === undefined ? given : name
}
