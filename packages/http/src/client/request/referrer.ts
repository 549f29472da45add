import { RequestError } from '../failure/request-error.js'

/** Where a request is said to come from, and how much of that may be told to whom. */
export interface Referrer {
  readonly url: URL
  readonly policy: string
}

const DEFAULT_POLICY = 'strict-origin-when-cross-origin'

const policies: ReadonlySet<string> = new Set([
  'no-referrer',
  'no-referrer-when-downgrade',
  'same-origin',
  'origin',
  'strict-origin',
  'origin-when-cross-origin',
  DEFAULT_POLICY,
  'unsafe-url',
])

/**
 * Reads `referrer` and `referrerPolicy` of a `fetch`; undefined where there is nothing to tell: there is no page that a
 * request could come from, unless the caller names one.
 *
 * @throws {RequestError} for a referrer that is not a URL
 */
export function readReferrer(referrer: string | undefined, policy: string | undefined): Referrer | undefined {
  if (referrer === undefined || referrer === '' || referrer === 'about:client') return undefined
  try {
    return { url: new URL(referrer), policy: policy || DEFAULT_POLICY }
  } catch (cause) {
    throw new RequestError(`cannot fetch: referrer must be a URL, got '${referrer.slice(0, 80)}'`, cause)
  }
}

/** The referrer after a redirect, whose `Referrer-Policy` holds from then on: the last one that is known counts. */
export function redirectedReferrer(referrer: Referrer, header: string | undefined): Referrer {
  const named = (header ?? '').split(',').map((token) => token.trim())
  const policy = named.findLast((token) => policies.has(token))
  return policy === undefined ? referrer : { ...referrer, policy }
}

/** Sets the header `referer` for a request to this URL, or takes it away (https://www.w3.org/TR/referrer-policy/#determine-requests-referrer). */
export function announceReferrer(headers: string[], referrer: Referrer, target: URL): void {
  for (let index = headers.length - 2; index >= 0; index -= 2) {
    if (headers[index]!.toLowerCase() === 'referer') headers.splice(index, 2)
  }
  const told = refererOf(referrer, target)
  if (told !== undefined) headers.push('referer', told)
}

function refererOf({ url, policy }: Referrer, target: URL): string | undefined {
  if (policy === 'no-referrer' || !/^https?:$/.test(url.protocol)) return undefined
  const isSameOrigin = url.origin === target.origin
  if (policy === 'same-origin' && !isSameOrigin) return undefined
  const isDowngrade = url.protocol === 'https:' && target.protocol === 'http:'
  const neverDowngrades = policy.startsWith('strict-') || policy === 'no-referrer-when-downgrade'
  if (isDowngrade && neverDowngrades) return undefined
  const tellsOrigin = policy.endsWith('origin-when-cross-origin')
    ? !isSameOrigin
    : /^(strict-)?origin$/.test(policy)
  const whole = `${url.origin}${url.pathname}${url.search}`
  return tellsOrigin || whole.length > URL_CHARACTERS_MAX ? `${url.origin}/` : whole
}

/** Of a longer one only the origin is told. */
const URL_CHARACTERS_MAX = 4_096
