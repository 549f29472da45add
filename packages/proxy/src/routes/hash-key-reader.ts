import type { HashKey } from '@watertight/manifest'
import type { Caller } from '../exchange/caller.js'
import { queryParameter } from './request-matcher.js'

/** What keeps requests together, read from a request; undefined where it has none, which may go anywhere. */
export function hashKeyReader(key: HashKey | undefined): (caller: Caller) => string | undefined {
  if (key === undefined) return () => undefined
  if (key === 'ip') return ({ address }) => address
  if ('header' in key) return ({ request }) => request.headers.get(key.header)
  if ('query' in key) return ({ request }) => queryParameter(request.target, key.query)
  return ({ request }) => cookie(request.headers.get('cookie'), key.cookie)
}

function cookie(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return undefined
}
