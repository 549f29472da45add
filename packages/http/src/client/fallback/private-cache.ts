import { findHeader, type RawHeaders } from '../response/raw-headers.js'

/** What a cache looks at in a request. */
export interface CacheableRequest {
  readonly path: string
  /** Names and values in turn. */
  readonly headers: RawHeaders
  /** What the caller says is equal for equal calls. */
  readonly key: string | undefined
}

/** Headers that an answer has once, for the one who asked: given to another, they would hand a session over. */
const neverReplayed = ['set-cookie', 'set-cookie2', 'age']

/**
 * The rules of a private cache (RFC 9111), for answers that one process keeps for all of its users: what belongs to one
 * of them is kept for that one alone, and what is not to be stored is not.
 */
export const privateCache = {
  /** A caller's own key decides alone; else an answer is for whoever has the same credentials. */
  keyOf({ path, headers, key }: CacheableRequest): string {
    if (key !== undefined) return `key ${key}`
    const credentials = [findHeader(headers, 'authorization'), findHeader(headers, 'cookie')]
    return JSON.stringify([path, ...credentials])
  },

  /** Whether an answer may be kept. `private` asks for somebody to keep it for: a key, or credentials. */
  mayKeep({ headers, key }: CacheableRequest, answer: (name: string) => string | null): boolean {
    const asked = directives(findHeader(headers, 'cache-control'))
    const told = directives(answer('cache-control'))
    if (asked.has('no-store') || told.has('no-store') || told.has('no-cache')) return false
    if (names(answer('vary')).includes('*')) return false
    if (!told.has('private') || key !== undefined) return true
    return findHeader(headers, 'authorization') !== undefined || findHeader(headers, 'cookie') !== undefined
  },

  /** What the answer depends on beside its key: equal for requests that may get the same. */
  variantOf(headers: RawHeaders, vary: string | null): string {
    return JSON.stringify(names(vary).map((name) => findHeader(headers, name)))
  },

  /** The headers to replay. */
  replayable(headers: Headers): Headers {
    const kept = new Headers(headers)
    for (const name of neverReplayed) kept.delete(name)
    return kept
  },
}

function directives(cacheControl: string | null | undefined): ReadonlySet<string> {
  return new Set(names(cacheControl).map((directive) => directive.split('=')[0]!.trim()))
}

function names(list: string | null | undefined): string[] {
  return (list ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}
