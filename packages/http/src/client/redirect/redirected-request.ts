/** What a redirect may change of a request. */
export interface RedirectableRequest {
  readonly url: URL
  readonly method: string
  /** Names and values in turn. */
  readonly headers: readonly string[]
}

/** The request that follows a redirect. */
export interface RedirectedRequest {
  readonly url: URL
  readonly method: string
  readonly headers: string[]
  /** Whether the body goes along; where it does not, neither do the headers that tell of it. */
  readonly keepsBody: boolean
}

/** How many redirects one call follows at most, as the fetch standard has it. */
export const redirectsMax = 20

/** Whether an answer sends its caller elsewhere. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308
}

/**
 * What is to be sent after an answer that redirects: a POST becomes a GET on 301 and 302, anything but a HEAD on 303,
 * and what proves who the caller is stays within its origin (https://fetch.spec.whatwg.org/#http-redirect-fetch).
 *
 * A string says why the redirect cannot be followed.
 */
export function redirectedRequest(
  request: RedirectableRequest,
  status: number,
  location: string,
): RedirectedRequest | string {
  const url = parse(location, request.url)
  if (url === undefined) return `the location '${location.slice(0, 200)}' is not a URL`
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `the location must be an http: or https: URL, got ${url.protocol}`
  }
  const isCrossOrigin = url.origin !== request.url.origin
  // As in the URL of a call they would have to be left out, which nobody is told of.
  if (url.username !== '' || url.password !== '') return 'the location has a user name or a password in it'
  if (url.hash === '') url.hash = request.url.hash
  const { method } = request
  const becomesGet =
    ((status === 301 || status === 302) && method === 'POST') ||
    (status === 303 && method !== 'GET' && method !== 'HEAD')
  const dropped = (name: string): boolean =>
    (becomesGet && bodyHeaders.has(name)) || (isCrossOrigin && credentialHeaders.has(name))
  return {
    url,
    method: becomesGet ? 'GET' : method,
    headers: keptHeaders(request.headers, dropped),
    keepsBody: !becomesGet,
  }
}

const bodyHeaders: ReadonlySet<string> = new Set([
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
  'transfer-encoding',
])

const credentialHeaders: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'host',
  'proxy-authorization',
])

function keptHeaders(headers: readonly string[], dropped: (name: string) => boolean): string[] {
  const kept: string[] = []
  for (let index = 0; index < headers.length; index += 2) {
    if (!dropped(headers[index]!.toLowerCase())) kept.push(headers[index]!, headers[index + 1]!)
  }
  return kept
}

/**
 * A header is bytes, and many servers send UTF-8 where the standard wants percent signs: the transport hands each byte
 * on as one character, so they are put together again first.
 */
function parse(location: string, base: URL): URL | undefined {
  const text = /[\u0080-\u00ff]/.test(location) ? Buffer.from(location, 'latin1').toString('utf8') : location
  try {
    return new URL(text, base)
  } catch {
    return undefined
  }
}
