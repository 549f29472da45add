import { RequestError } from '../failure/request-error.js'

/** What the URL parser would change in a path, or drop: it goes through the parser, so that there is one normal form. */
const unusualInPath = /[^\u0021-\u007e]|["'#<>\\^`{}|]|\/\.|%2e/i

/** What a URL is read against. */
export interface UrlRules {
  /** Put before a path that is given without an origin; '' for none. */
  readonly basePath: string
  /** Whether an absolute URL belongs to the destination. */
  readonly isKnownOrigin: (origin: string) => boolean
}

/**
 * Path and query of what is to be fetched.
 *
 * @throws {RequestError} for a URL that cannot be read, of another origin, or with a user name in it
 */
export function pathOf(url: string | URL, { basePath, isKnownOrigin }: UrlRules): string {
  if (typeof url === 'string') {
    const isPath = url.charCodeAt(0) === SLASH && url.charCodeAt(1) !== SLASH
    if (isPath && !unusualInPath.test(url)) return basePath + url
    if (isPath) return basePath + pathAndQuery(new URL(`http://path${url}`))
  }
  const parsed = parseUrl(url, (given) => `cannot fetch '${given}': it must be a path from / or a URL`)
  if (!isKnownOrigin(parsed.origin)) {
    throw new RequestError(`cannot fetch ${parsed.origin}: the origin must be one of the destination's`)
  }
  return pathAndQuery(parsed)
}

/**
 * Reads an absolute URL.
 *
 * @param problem says what is wrong with what is none; else it is said as the platform says it
 * @throws {RequestError} for one that cannot be read, or with a user name or password in it, which would be sent in
 *   clear and end up in logs
 */
export function parseUrl(
  url: string | URL,
  problem: (given: string) => string = (given) => `Failed to parse URL from ${given}`,
): URL {
  const parsed = url instanceof URL ? url : parse(url, problem)
  if (parsed.username !== '' || parsed.password !== '') {
    throw new RequestError(
      `cannot fetch ${parsed.origin}: the URL must not hold a user name or a password, set the authorization header`,
    )
  }
  return parsed
}

/** From the slash after the host on, a bare question mark included, without the fragment. */
export function pathAndQuery(url: URL): string {
  const { href, hash } = url
  const end = href.length - hash.length
  // A lone `#` has no hash, and is in the text all the same.
  const path = href.slice(href.indexOf('/', url.protocol.length + 2), end)
  return path.endsWith('#') ? path.slice(0, -1) : path
}

/** Whatever says what it is: callers without types hand over more than texts. */
function parse(given: unknown, problem: (given: string) => string): URL {
  const url = String(given)
  try {
    return new URL(url, globalOrigin())
  } catch (cause) {
    throw new RequestError(problem(url.slice(0, 80)), cause)
  }
}

/** Where undici and the platform's `fetch` keep what `setGlobalOrigin` was told: what relative URLs are relative to. */
function globalOrigin(): URL | undefined {
  return (globalThis as { [globalOriginKey]?: URL })[globalOriginKey]
}

const globalOriginKey = Symbol.for('undici.globalOrigin.1')

const SLASH = 47
