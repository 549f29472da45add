import type { CallSpan, IncomingRequest, ServerSpan } from '../recording/recorders.js'
import type { TraceContext, TracedWork, WorkSpan } from './traced-work.js'

/**
 * Where spans go. `openTelemetryTracing` of `@watertight/telemetry/opentelemetry` is the one that exists; behind this
 * port nobody who does not trace needs the OpenTelemetry packages.
 */
export interface Tracing {
  /** A span of one call, child of the active one; undefined when nobody traces. */
  startCall(
    destined: { readonly service: string; readonly destination: string },
    method: string,
    route: string,
    target?: string,
  ): CallSpan | undefined
  /** A span of one request, child of what its headers name; undefined when nobody traces. */
  startServer(service: string, request: IncomingRequest): ServerSpan | undefined
  /** A span of what is no call: an event, a step of a saga; undefined when nobody traces. */
  startWork(work: TracedWork): WorkSpan | undefined
  /** Where the active span is, for what belongs to it and happens later; undefined outside of one. */
  activeContext(): TraceContext | undefined
  /** The ids of the active span, for log lines; undefined outside of one. */
  activeIds(): TraceIds | undefined
  /** Puts an event on the active span, such as a log line; nothing outside of one that is recorded. */
  addEvent(name: string, attributes: EventAttributes): void
}

export type EventAttributes = Readonly<Record<string, string | number | boolean>>

export interface TraceIds {
  /** 32 hexadecimal digits. */
  readonly traceId: string
  /** 16 hexadecimal digits. */
  readonly spanId: string
}
