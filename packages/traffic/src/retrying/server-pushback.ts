import { OVERLOADED_HEADER, SHOULD_RETRY_HEADER } from '../deadline/headers.js'
import { httpDate } from './http-date.js'

/** Do not try again, whatever the conditions say. */
const DO_NOT_RETRY = -1

/** Where a header's value is looked up, by its name in lower case. */
export type HeaderLookup = (name: string) => string | undefined

/**
 * What an answer asks of those who would try again: milliseconds to wait at least, `DO_NOT_RETRY`, or nothing.
 *
 * `x-envoy-overloaded` and `x-should-retry: false` mean that another attempt makes it worse: were they not heeded, a
 * service that is overloaded would be retried from every level above it. `Retry-After` counts seconds or names a date
 * (RFC 9110, section 10.2.3); `wallNow` is the time it is compared with.
 */
export function serverPushback(header: HeaderLookup, wallNow: number): number | undefined {
  if (header(OVERLOADED_HEADER) !== undefined || header(SHOULD_RETRY_HEADER) === 'false') return DO_NOT_RETRY
  const value = header('retry-after')?.trim()
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1_000
  const at = httpDate(value, wallNow)
  return at === undefined ? undefined : Math.max(0, at - wallNow)
}
