import type { CircuitBreakerPolicy, Policy } from '@watertight/policy'
import type { Observations } from './policies/observer.js'
import type { FetchInit } from './request/outgoing-request.js'
import { Destination } from './destination.js'
import type { CallPolicies, FetchOptions } from './fetch-options.js'

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

/**
 * A `fetch` for one destination that survives what the destination does: time limits, retries that do no harm, circuit
 * breaker, bulkhead, load balancing with ejection, and answers in its place.
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
export function createFetch(options: FetchOptions): ResilientFetch {
  return fetchOf(new Destination(options))
}

/** The function that users call, over the destination that does the work. */
export function fetchOf(destination: Destination): ResilientFetch {
  const call = (input: string | URL | Request, init?: FetchInit): Promise<Response> =>
    destination.fetch(input, init)
  return Object.defineProperties(call, {
    policy: { value: destination.policy },
    breaker: { get: () => destination.guards.breaker },
    endpoints: { get: () => endpointStates(destination) },
    observations: { get: () => destination.observations },
    update: { value: (policies: CallPolicies) => destination.update(policies) },
    close: { value: () => destination.close() },
    destroy: { value: () => destination.destroy() },
  }) as ResilientFetch
}

function endpointStates({ endpoints }: Destination): EndpointState[] {
  return endpoints.all.map(({ origin, active, index }) => ({
    origin,
    active,
    ejected: endpoints.isEjected(index),
  }))
}
