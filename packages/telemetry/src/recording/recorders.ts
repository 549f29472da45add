import type { CircuitState, Policy } from '@watertight/policy'

/** How a call ended for the one who made it. `fallback`: answered, but from elsewhere. */
export type CallOutcome = 'success' | 'failure' | 'refused' | 'aborted' | 'fallback'

/** What records the calls and requests of one service. Nothing that it does can change an outcome. */
export interface Telemetry {
  /** Once for each destination: listens to its policies and hands out the recorder of its calls. */
  destination(destination: Destination): DestinationRecorder
  /** The recorder of the requests that the service answers; `parts` are read at every scrape, the latest given. */
  server(parts?: ServerParts): ServerRecorder
}

/** One service as another one calls it. */
export interface Destination {
  readonly to: string
  /** Its pipeline; events of every policy in it are counted. */
  readonly policy?: Pick<Policy<unknown>, 'on'> | undefined
  /** What to read whenever metrics are scraped: state that no event tells. */
  readonly parts?: DestinationParts | undefined
}

/** The policies of a destination's pipeline whose state is worth a gauge: looked up anew at every scrape. */
export interface DestinationParts {
  readonly breaker?:
    { readonly state: CircuitState; readonly metrics: { readonly wouldHaveRefused: number } } | undefined
  readonly bulkhead?: { readonly running: number; readonly queued: number } | undefined
  readonly adaptiveLimit?: { readonly limit: number } | undefined
  /** `remaining` takes the monotonic time in milliseconds. */
  readonly budget?: { remaining(now: number): number } | undefined
}

/** How a server stands that limits what it answers at once: read whenever metrics are scraped. */
export interface ServerParts {
  /** Requests that may run at once now; `Infinity` without a limit. */
  readonly limit: number
  /** Requests that wait for a slot. */
  readonly queued: number
  /** What the process has to bear, where that is measured. */
  readonly overload?: ServerOverload | undefined
}

/** How much the process of a server has to bear, and what it sheds for it. */
export interface ServerOverload {
  /** Which share of the requests is let in, 0..1. */
  readonly admitted: number
  /** Requests that were shed so far. */
  readonly shed: number
  /** What was measured last, as a share of its limit. */
  pressure(resource: ServerResource): number
}

export type ServerResource = 'eventLoopDelayMs' | 'eventLoopUtilization' | 'heapUsed' | 'rssBytes'

/**
 * Records calls to one destination. `route` is a template from a bounded set (`POST /charges`), never a raw path, and
 * `POST *` where none is known.
 */
export interface DestinationRecorder {
  /**
   * A call is over, in all. Allocates nothing. `status` is 0 without an answer. `traceId`, when the call is traced,
   * makes it an example of its duration.
   */
  finished(route: string, outcome: CallOutcome, status: number, durationMs: number, traceId?: string): void
  /** One attempt is over. `errorCode` is empty for an answer. Allocates nothing. */
  attempted(status: number, errorCode: string, durationMs: number): void
  /** An endpoint was ejected, or came back. */
  ejection(endpoint: string, ejected: boolean): void
  /**
   * The span of a call, child of the active one; undefined when nobody traces. `target` is path and query: of the
   * values of the query nothing is kept.
   */
  startSpan(method: string, route: string, target?: string): CallSpan | undefined
}

export interface CallSpan {
  /** Undefined for a trace that is not kept, and so is no example of anything. */
  readonly traceId: string | undefined
  /** A child for each attempt. */
  startAttempt(attempt: number, endpoint: string): AttemptSpan
  /** Something that happened to the call: `refusal`, `wait`, `ejection`, `fallback`. */
  event(name: string, attributes?: Readonly<Record<string, string | number | boolean>>): void
  end(outcome: CallOutcome, status: number, error?: unknown): void
}

export interface AttemptSpan {
  /** Writes `traceparent`, `tracestate` and `baggage` for the callee. */
  inject(headers: Record<string, string>): void
  end(status: number, error?: unknown): void
}

/** Records the requests that a service answers. */
export interface ServerRecorder {
  /** A request has come in. */
  started(): void
  /** It is answered, refused, or its caller has gone. Allocates nothing. `traceId` as for a call. */
  finished(
    route: string,
    outcome: Exclude<CallOutcome, 'fallback'>,
    status: number,
    durationMs: number,
    traceId?: string,
  ): void
  /** Its span, child of what its headers name; undefined when nobody traces. Of its URL only the path is kept. */
  startSpan(request: IncomingRequest): ServerSpan | undefined
}

/** A request as `node:http` has it. Nothing of it is read unless somebody traces. */
export interface IncomingRequest {
  readonly method?: string | undefined
  /** The path, with its query. */
  readonly url?: string | undefined
  readonly headers: IncomingHeaders
  /** `1.1`, `2.0`. */
  readonly httpVersion?: string | undefined
}

/** Headers by their names in lower case. */
export type IncomingHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

export interface ServerSpan {
  /** As of a call. */
  readonly traceId: string | undefined
  /** Runs the handler with this span active, so that calls made in it become its children. */
  run<T>(handler: () => T): T
  end(route: string, status: number, error?: unknown): void
}
