import {
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api'
import type { AttemptSpan, CallOutcome, CallSpan } from '../recording/recorders.js'
import { errorType, methodAttributes, serverAttributes, urlAttributes } from './attributes.js'
import { spanName, templateOf } from './span-name.js'

type Inject = (ours: Context, headers: Record<string, string>) => void

interface CallParts {
  readonly span: Span
  readonly tracer: Tracer
  readonly parent: Context
  readonly inject: Inject
  readonly method: string
  readonly route: string
  readonly destination: string
  readonly target: string | undefined
}

/** The call as its caller sees it. What goes over the wire are its attempts, so only they are client spans. */
export class OpenTelemetryCallSpan implements CallSpan {
  readonly traceId: string | undefined
  readonly #parts: CallParts
  readonly #context: Context

  constructor(parts: CallParts) {
    this.traceId = keptTraceId(parts.span)
    this.#parts = parts
    this.#context = trace.setSpan(parts.parent, parts.span)
  }

  startAttempt(attempt: number, endpoint: string): AttemptSpan {
    const { tracer, method, route, destination, target, inject } = this.#parts
    const attributes: Attributes = {
      ...methodAttributes(method),
      ...serverAttributes(endpoint),
      ...urlAttributes(endpoint, target),
      'service.peer.name': destination,
    }
    const template = templateOf(method, route)
    if (template !== '') attributes['url.template'] = template
    // The conventions count resends, and leave the first attempt without a number.
    if (attempt > 1) attributes['http.request.resend_count'] = attempt - 1
    const span = tracer.startSpan(
      spanName(method, route),
      { kind: SpanKind.CLIENT, attributes },
      this.#context,
    )
    return new OpenTelemetryAttemptSpan(span, trace.setSpan(this.#context, span), inject)
  }

  event(name: string, attributes?: Readonly<Record<string, string | number | boolean>>): void {
    this.#parts.span.addEvent(name, attributes)
  }

  end(outcome: CallOutcome, status: number, error?: unknown): void {
    const { span } = this.#parts
    span.setAttribute('watertight.outcome', outcome)
    const failed = outcome === 'failure' || outcome === 'refused'
    endSpan(span, status, failed ? (errorType(status, error, 400) ?? outcome) : undefined)
  }
}

class OpenTelemetryAttemptSpan implements AttemptSpan {
  readonly #span: Span
  readonly #context: Context
  readonly #inject: Inject

  constructor(span: Span, ours: Context, inject: Inject) {
    this.#span = span
    this.#context = ours
    this.#inject = inject
  }

  inject(headers: Record<string, string>): void {
    this.#inject(this.#context, headers)
  }

  end(status: number, error?: unknown): void {
    endSpan(this.#span, status, errorType(status, error, 400))
  }
}

/** Whoever follows an example finds its trace: one that is not sampled is none. */
export function keptTraceId(span: Span): string | undefined {
  const { traceFlags, traceId } = span.spanContext()
  return (traceFlags & TraceFlags.SAMPLED) === 0 ? undefined : traceId
}

/** Errors go by code or class alone: a message may hold what must not leave the process. */
export function endSpan(span: Span, status: number, failure: string | undefined): void {
  if (status > 0) span.setAttribute('http.response.status_code', status)
  if (failure !== undefined) {
    span.setAttribute('error.type', failure)
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end()
}
