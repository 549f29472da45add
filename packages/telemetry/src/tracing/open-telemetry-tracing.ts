import {
  context,
  isSpanContextValid,
  propagation,
  SpanKind,
  trace,
  type Context,
  type TextMapPropagator,
  type Tracer,
  type TracerProvider,
} from '@opentelemetry/api'
import type { CallSpan, IncomingHeaders, IncomingRequest, ServerSpan } from '../recording/recorders.js'
import { OpenTelemetryCallSpan } from './call-span.js'
import { callerAttributes, methodAttributes, targetAttributes } from './attributes.js'
import { spanName } from './span-name.js'
import { OpenTelemetryServerSpan } from './server-span.js'
import type { TraceContext, TracedWork, WorkSpan } from './traced-work.js'
import type { EventAttributes, TraceIds, Tracing } from './tracing.js'
import { contextOf, kindOfWork, OpenTelemetryWorkSpan, traceContextOf } from './work-span.js'

export interface OpenTelemetryOptions {
  /** Whose spans are made. Default the one that the application registered. */
  readonly tracerProvider?: TracerProvider | undefined
  /** How contexts travel in headers. Default the one that the application registered. */
  readonly propagator?: Pick<TextMapPropagator, 'inject' | 'extract'> | undefined
}

/**
 * Traces through the OpenTelemetry API: a span for each call with a child for each attempt, and a span for each request
 * that is answered. The application picks its SDK; without one nothing is traced, at next to no cost.
 *
 * @example
 * const tracing = openTelemetryTracing()
 * console.log(tracing.activeIds())
 */
export function openTelemetryTracing(options: OpenTelemetryOptions = {}): Tracing {
  return new OpenTelemetryTracing(options)
}

const INSTRUMENTATION = '@watertight/telemetry'

class OpenTelemetryTracing implements Tracing {
  readonly #tracer: Tracer
  readonly #propagator: Pick<TextMapPropagator, 'inject' | 'extract'> | undefined

  constructor({ tracerProvider, propagator }: OpenTelemetryOptions) {
    // A tracer of the global provider may be taken before the application has registered its own.
    this.#tracer = (tracerProvider ?? trace).getTracer(INSTRUMENTATION)
    this.#propagator = propagator
  }

  startCall(
    { service, destination }: { readonly service: string; readonly destination: string },
    method: string,
    route: string,
    target?: string,
  ): CallSpan | undefined {
    const attributes = {
      ...methodAttributes(method),
      'service.peer.name': destination,
      'watertight.service': service,
    }
    const parent = context.active()
    const span = this.#tracer.startSpan(
      spanName(method, route),
      { kind: SpanKind.INTERNAL, attributes },
      parent,
    )
    if (!isSpanContextValid(span.spanContext())) return undefined
    const inject = (ours: Context, headers: Record<string, string>): void => {
      if (this.#propagator === undefined) propagation.inject(ours, headers)
      else this.#propagator.inject(ours, headers, headerSetter)
    }
    return new OpenTelemetryCallSpan({
      span,
      tracer: this.#tracer,
      parent,
      inject,
      method,
      route,
      destination,
      target,
    })
  }

  startServer(service: string, request: IncomingRequest): ServerSpan | undefined {
    const { method = '', url, headers } = request
    const remote =
      this.#propagator === undefined
        ? propagation.extract(context.active(), headers, headerGetter)
        : this.#propagator.extract(context.active(), headers, headerGetter)
    const attributes = {
      ...methodAttributes(method),
      ...targetAttributes(url, headers),
      ...callerAttributes(request),
      'watertight.service': service,
    }
    const span = this.#tracer.startSpan(spanName(method, ''), { kind: SpanKind.SERVER, attributes }, remote)
    if (!isSpanContextValid(span.spanContext())) return undefined
    return new OpenTelemetryServerSpan(span, trace.setSpan(remote, span), method)
  }

  startWork({ kind, name, attributes, parent }: TracedWork): WorkSpan | undefined {
    const within = parent === undefined ? context.active() : contextOf(parent)
    const span = this.#tracer.startSpan(name, { kind: kindOfWork[kind], attributes }, within)
    if (!isSpanContextValid(span.spanContext())) return undefined
    return new OpenTelemetryWorkSpan(span, trace.setSpan(within, span))
  }

  activeContext(): TraceContext | undefined {
    const active = trace.getActiveSpan()
    return active === undefined || !isSpanContextValid(active.spanContext())
      ? undefined
      : traceContextOf(active)
  }

  activeIds(): TraceIds | undefined {
    const active = trace.getActiveSpan()?.spanContext()
    return active === undefined || !isSpanContextValid(active)
      ? undefined
      : { traceId: active.traceId, spanId: active.spanId }
  }

  addEvent(name: string, attributes: EventAttributes): void {
    const active = trace.getActiveSpan()
    // What is written after the end of its span, such as that a request was answered, is in the log alone.
    if (active?.isRecording() === true) active.addEvent(name, attributes)
  }
}

const headerSetter = {
  set(headers: Record<string, string>, name: string, value: string): void {
    headers[name] = value
  },
}

/** Names in node:http are lower case already, as the names that propagators ask for are. */
const headerGetter = {
  keys: (headers: IncomingHeaders): string[] => Object.keys(headers),
  get: (headers: IncomingHeaders, name: string): string | string[] | undefined => {
    const value = headers[name.toLowerCase()]
    return typeof value === 'object' ? [...value] : value
  },
}
