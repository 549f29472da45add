import type { CircuitBreakerPolicy, Policy } from '@watertight/policy'
import type { CallPolicies } from './fetch-options.js'
import type { Observations } from '@watertight/traffic'
import type { FetchInit } from './request/fetch-init.js'

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
  /** Closes all connections now. A call that waits to be tried again hears of it when it would be. */
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
