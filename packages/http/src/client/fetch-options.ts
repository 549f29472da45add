import type { LookupFunction } from 'node:net'
import type { Telemetry } from '@watertight/telemetry'
import type { BulkheadRules, CallSettings, FaultRule, Faults, RetryRules } from '@watertight/traffic'
import type { TlsOptions } from './connections/connector.js'
import type { ResolveOptions } from './connections/resolver.js'
import type { Transport } from './connections/transport.js'
import type { FallbackRules } from './fallback/fallback-rules.js'

/** How calls to a destination behave. What is left out does not happen, time limits and retries apart. */
export interface CallPolicies extends Omit<CallSettings, 'fallback' | 'retry' | 'bulkhead' | 'hashOn'> {
  /** `false` for one attempt only. Default: 3 attempts. */
  readonly retry?: RetryRules | false | undefined
  readonly bulkhead?: Omit<BulkheadRules, 'connections' | 'pending'> | undefined
  /** Answers for a destination that cannot. Default: none. */
  readonly fallback?: FallbackRules | undefined
}

/** A destination and how it is called. */
export interface FetchOptions extends CallPolicies {
  /** Where it answers: one origin, such as `http://127.0.0.1:7001`, or several. */
  readonly endpoints: string | URL | readonly (string | URL)[]
  /** What telemetry and errors call it. Default: the host of the first endpoint. */
  readonly name?: string | undefined
  /** Resolves the names among the endpoints again and again, and spreads requests over their addresses. Default: no. */
  readonly resolve?: ResolveOptions | undefined
  readonly telemetry?: Telemetry | undefined
  /** What carries the requests. Default sockets; `@watertight/http/testing` has one in memory. */
  readonly transport?: Transport | undefined
  /**
   * What goes wrong on purpose, on the way to the callee or back: to see how the caller bears it. A `Faults` can be
   * changed while it is in use. Default nothing.
   */
  readonly faults?: readonly FaultRule[] | Faults | undefined
  /** Bytes of a streamed request body that are kept for a further attempt. Default 65536. */
  readonly replayBytesMax?: number | undefined
  /** Bytes of a response that `text()`, `json()` and their like read at most. Streams have no limit. Default 16 MiB. */
  readonly bodyBytesMax?: number | undefined
  /** Bytes of a response's head. Default 16384. */
  readonly headerBytesMax?: number | undefined
  /** Connections to one endpoint: one for each request under way, or with HTTP/2 for as many as they share. Default 1024. */
  readonly connectionsMax?: number | undefined
  /** How long an idle connection is kept, in milliseconds. Default 4000, below the 5000 of Node's servers. */
  readonly keepAliveMs?: number | undefined
  readonly tls?: TlsOptions | undefined
  /**
   * The proxy to go through, such as `http://proxy.internal:3128`; `environment` for what `HTTP_PROXY`, `HTTPS_PROXY`
   * and `NO_PROXY` say; `false` for none. Default: the environment if `NODE_USE_ENV_PROXY=1`, else none.
   */
  readonly proxy?: string | URL | false | undefined
  /** A Unix socket to connect to, such as `/var/run/docker.sock`. */
  readonly socketPath?: string | undefined
  /** Looks names up in place of the system, once for each connection; see `node:net`. */
  readonly lookup?: LookupFunction | undefined
  /**
   * Enters each answer that has come whole into the timeline of the process, for a `PerformanceObserver` of `resource`.
   * Costs a call a microsecond and a half. Default `false`; without `endpoints` it is `true`, as with the platform.
   */
  readonly resourceTiming?: boolean | undefined
  /**
   * Speaks HTTP/2 where TLS agrees on it; with `h2c` also without TLS, to `http:` endpoints that are known to speak it.
   * Default `false`.
   */
  readonly allowH2?: boolean | 'h2c' | undefined
}

/**
 * How any origin is called: each with policies, counts and connections of its own. Default `bodyBytesMax`: no limit,
 * `resourceTiming`: `true`.
 */
export interface AnyFetchOptions extends Omit<FetchOptions, 'endpoints' | 'name' | 'resolve'> {
  readonly endpoints?: undefined
}
