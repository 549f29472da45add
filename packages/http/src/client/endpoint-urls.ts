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
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === ''
  if (url !== null && isOrigin) return url
  throw new OptionError(
    `cannot create fetch: endpoints[${index}] must be an origin such as 'http://127.0.0.1:7001', got '${String(endpoint)}'`,
    `endpoints[${index}]`,
  )
}

function parse(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}
