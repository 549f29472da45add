import { record, refusedOption } from '@watertight/policy/options'
import { checkPolicies, Destination } from './destination.js'
import { controlsOf, fetchFrom, fetchOf } from './fetch-from.js'
import type { AnyFetchOptions, FetchOptions } from './fetch-options.js'
import { Origins } from './origins.js'
import type { FetchInit } from './request/fetch-init.js'
import { parseUrl } from './request/path-of.js'
import type { AnyFetch, ResilientFetch } from './resilient-fetch.js'
import { faultsOf } from '../runtime/faults-of.js'

/**
 * A `fetch` that survives what is called: time limits, retries that do no harm, circuit breaker, bulkhead, load
 * balancing with ejection, and answers in place of those that do not come.
 *
 * With `endpoints` it calls one destination. Without, it calls any origin as the platform's `fetch` does, and can take
 * its place: `globalThis.fetch = createFetch()`.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 * @example
 * const fetchPayment = createFetch({
 *   endpoints: ['http://127.0.0.1:7001', 'http://127.0.0.1:7002'],
 *   timeout: { attemptMs: 1_000, totalMs: 3_000 },
 *   retry: { attempts: 3, on: ['connect-failure', 'reset', 503] },
 *   breaker: { failureRate: 0.5, openForMs: 30_000 },
 *   fallback: { status: 200, body: { status: 'unknown' } },
 * })
 * const response = await fetchPayment('/charges/c-1')
 * console.log(await response.json())
 * await fetchPayment.close()
 */
export function createFetch(options?: AnyFetchOptions): AnyFetch
export function createFetch(options: FetchOptions): ResilientFetch
export function createFetch(options: FetchOptions | AnyFetchOptions = {}): ResilientFetch | AnyFetch {
  if (!record.accepts(options)) throw refusedOption('fetch', '', 'an object', options)
  return isFor(options) ? fetchOf(new Destination(options)) : anyFetch(options)
}

function isFor(options: FetchOptions | AnyFetchOptions): options is FetchOptions {
  return (options as Partial<FetchOptions>).endpoints !== undefined
}

/** What is left out is as it is with the platform's `fetch`. */
const asThePlatform = { bodyBytesMax: Infinity, resourceTiming: true }

function anyFetch(options: AnyFetchOptions): AnyFetch {
  checkPolicies(options)
  // Whatever is no HTTP, such as `data:` and `blob:` URLs, is the platform's.
  const platformFetch = globalThis.fetch
  const faults = faultsOf(options.faults)
  const origins = new Origins(
    (origin, changed) =>
      new Destination({ ...asThePlatform, ...options, ...changed, faults, endpoints: origin }),
  )
  const functions = new WeakMap<Destination, ResilientFetch>()
  const at = (origin: string): ResilientFetch => {
    const destination = origins.at(parseUrl(origin).origin)
    const known = functions.get(destination) ?? fetchOf(destination, origins)
    functions.set(destination, known)
    return known
  }
  const call = async (input: string | URL | Request, init?: FetchInit): Promise<Response> => {
    const url = parseUrl(input instanceof Request ? input.url : input)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      return platformFetch(input, init as RequestInit)
    }
    return fetchFrom(origins.at(url.origin), input instanceof Request ? input : url, init, origins)
  }
  return Object.defineProperties(call, {
    // The name and the number of parameters of what it stands in for.
    name: { value: 'fetch' },
    length: { value: 1 },
    at: { value: at },
    ...controlsOf(origins),
  }) as AnyFetch
}
