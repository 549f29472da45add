import type { CircuitBreakerPolicy, Policy } from '@watertight/policy'
import type { Observations } from './policies/observer.js'
import type { FetchInit } from './request/outgoing-request.js'
import { checkPolicies, Destination } from './destination.js'
import { fetchFrom } from './fetch-from.js'
import type { AnyFetchOptions, CallPolicies, FetchOptions } from './fetch-options.js'
import { Origins } from './origins.js'
import type { SendTo } from './redirect/follow-redirects.js'
import { faultsOf } from '../runtime/faults-of.js'
import { parseUrl } from './request/path-of.js'

/** One endpoint as it stands. */
export interface EndpointState {
  /** Such as `http://127.0.0.1:7001`. */
  readonly origin: string
  /** Requests under way. */
  readonly active: number
  readonly ejected: boolean
}

/** `fetch` for one destination, with its policies on. */
export interface ResilientFetch {
  /**
   * Calls the destination. `input` is a path, or a URL of one of its endpoints; the answer is a `Response`, whatever
   * its status.
   *
   * Rejects with a `TransportError` when no answer came, a `RefusalError` when a policy refused, a `TimeoutError` when
   * the total limit passed, a `RequestError` when the request cannot be sent at all, and with the reason of the
   * caller's own signal.
   */
  (input: string | URL | Request, init?: FetchInit): Promise<Response>
  /** The policies as one, for their events and snapshots. */
  readonly policy: Policy
  readonly breaker: CircuitBreakerPolicy | undefined
  readonly endpoints: readonly EndpointState[]
  /** What would have been done with `mode: 'observe'`; undefined when policies are enforced. */
  readonly observations: Observations | undefined
  /** Puts other policies in force from the next call on; counts, states and connections stay. */
  update(policies: CallPolicies): void
  /** Lets calls under way end, then closes all connections. */
  close(): Promise<void>
  /** Closes all connections now. */
  destroy(): Promise<void>
}

/** `fetch` for any origin, with policies for each. */
export interface AnyFetch {
  /** What the platform's `fetch` is, and rejects as `ResilientFetch` does. */
  (input: string | URL | Request, init?: FetchInit): Promise<Response>
  /** The one for an origin such as `https://api.example.org`, with its breaker, its endpoints and its events. */
  at(origin: string): ResilientFetch
  /** Puts other policies in force everywhere from the next call on; counts, states and connections stay. */
  update(policies: CallPolicies): void
  /** Lets calls under way end, then closes all connections. */
  close(): Promise<void>
  /** Closes all connections now. */
  destroy(): Promise<void>
}

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
  return isFor(options) ? fetchOf(new Destination(options)) : anyFetch(options)
}

function isFor(options: FetchOptions | AnyFetchOptions): options is FetchOptions {
  return (options as Partial<FetchOptions>).endpoints !== undefined
}

/** The function that users call, over the destination that does the work. */
export function fetchOf(destination: Destination): ResilientFetch {
  let elsewhere: Origins | undefined
  const sendTo: SendTo = (url, request) => {
    if (destination.serves(url.origin)) return destination.send(request, undefined)
    elsewhere ??= new Origins((origin) => destination.toOrigin(origin))
    return elsewhere.at(url.origin).send(request, undefined)
  }
  const call = (input: string | URL | Request, init?: FetchInit): Promise<Response> =>
    fetchFrom(destination, input, init, sendTo)
  const each = async (act: (one: Destination) => Promise<void>): Promise<void> => {
    await Promise.all([destination, ...(elsewhere?.all ?? [])].map(act))
  }
  return Object.defineProperties(call, {
    policy: { value: destination.policy },
    breaker: { get: () => destination.stateful.breaker },
    endpoints: { get: () => endpointStates(destination) },
    observations: { get: () => destination.observations },
    update: { value: (policies: CallPolicies) => destination.update(policies) },
    close: { value: () => each((one) => one.close()) },
    destroy: { value: () => each((one) => one.destroy()) },
  }) as ResilientFetch
}

function anyFetch(options: AnyFetchOptions): AnyFetch {
  checkPolicies(options)
  // Whatever is no HTTP, such as `data:` and `blob:` URLs, is the platform's.
  const platformFetch = globalThis.fetch
  let policies: CallPolicies = options
  const faults = faultsOf(options.faults)
  const origins = new Origins(
    (origin) =>
      new Destination({ bodyBytesMax: Infinity, ...options, ...policies, faults, endpoints: origin }),
  )
  const sendTo: SendTo = (url, request) => origins.at(url.origin).send(request, undefined)
  const call = async (input: string | URL | Request, init?: FetchInit): Promise<Response> => {
    const url = parseUrl(input instanceof Request ? input.url : input)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      return platformFetch(input, init as RequestInit)
    }
    return fetchFrom(origins.at(url.origin), input instanceof Request ? input : url, init, sendTo)
  }
  const each = async (act: (one: Destination) => Promise<void>): Promise<void> => {
    await Promise.all([...origins.all].map(act))
  }
  return Object.defineProperties(call, {
    // The name and the number of parameters of what it stands in for.
    name: { value: 'fetch' },
    length: { value: 1 },
    at: { value: (origin: string) => fetchOf(origins.at(parseUrl(origin).origin)) },
    update: {
      value: (changed: CallPolicies) => {
        checkPolicies(changed)
        policies = changed
        for (const destination of origins.all) destination.update(changed)
      },
    },
    close: { value: () => each((one) => one.close()) },
    destroy: { value: () => each((one) => one.destroy()) },
  }) as AnyFetch
}

function endpointStates({ endpoints }: Destination): EndpointState[] {
  return endpoints.all.map(({ origin, active, index }) => ({
    origin,
    active,
    ejected: endpoints.isEjected(index),
  }))
}
