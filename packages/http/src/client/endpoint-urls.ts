import { OptionError } from '@watertight/policy'

/**
 * Reads where a destination answers.
 *
 * @throws {OptionError} when there is no endpoint, or one is not an `http:` or `https:` origin
 */
export function endpointUrls(endpoints: string | URL | readonly (string | URL)[]): readonly URL[] {
  const list: readonly (string | URL)[] =
    typeof endpoints === 'string' || endpoints instanceof URL ? [endpoints] : endpoints
  if (!Array.isArray(list) || list.length === 0) {
    throw new OptionError(
      'cannot create fetch: endpoints must name at least one origin, got none',
      'endpoints',
    )
  }
  const urls = list.map((endpoint, index) => readOrigin(endpoint, index))
  // Named twice, an endpoint is still one.
  return [...new Map(urls.map((url) => [url.origin, url])).values()]
}

function readOrigin(endpoint: string | URL, index: number): URL {
  const url = URL.parse === undefined ? parse(String(endpoint)) : URL.parse(String(endpoint))
  const isBase = url !== null && /^https?:$/.test(url.protocol) && url.search === '' && url.hash === ''
  if (url !== null && isBase && url.username === '' && url.password === '') return url
  const problem =
    url !== null && isBase
      ? `must not have a user name or a password, got some for ${url.host}: set the authorization header`
      : `must be an origin such as 'http://127.0.0.1:7001', or a URL with a path, got '${String(endpoint)}'`
  throw new OptionError(`cannot create fetch: endpoints[${index}] ${problem}`, `endpoints[${index}]`)
}

/**
 * The path that all endpoints share, put before the path of each call; '' for none.
 *
 * @throws {OptionError} when they do not have the same
 */
export function basePathOf(urls: readonly URL[]): string {
  const [first, ...others] = urls.map(({ pathname }) => pathname.replace(/\/$/, ''))
  const other = others.find((path) => path !== first)
  if (other === undefined) return first ?? ''
  throw new OptionError(
    `cannot create fetch: endpoints must have the same path, got '${first}/' and '${other}/'`,
    'endpoints',
  )
}

function parse(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}
