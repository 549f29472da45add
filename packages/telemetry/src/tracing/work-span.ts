import { context, createTraceState, SpanKind, trace, type Context, type Span } from '@opentelemetry/api'
import { endSpan } from './call-span.js'
import { errorReason } from '../recording/error-reason.js'
import type { TraceContext, TracedWork, WorkSpan } from './traced-work.js'

export const kindOfWork: Readonly<Record<TracedWork['kind'], SpanKind>> = {
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
}

export class OpenTelemetryWorkSpan implements WorkSpan {
  readonly #span: Span
  readonly #context: Context

  constructor(span: Span, ours: Context) {
    this.#span = span
    this.#context = ours
  }

  get context(): TraceContext {
    return traceContextOf(this.#span)
  }

  run<T>(work: () => T): T {
    return context.with(this.#context, work)
  }

  end(outcome: string, failure?: unknown): void {
    this.#span.setAttribute('watertight.outcome', outcome)
    endSpan(this.#span, 0, failure === undefined ? undefined : errorReason(failure))
  }
}

/** How W3C Trace Context writes down where a span is. */
export function traceContextOf(span: Span): TraceContext {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext()
  const flags = traceFlags.toString(16).padStart(2, '0')
  const state = traceState?.serialize() ?? ''
  return {
    traceParent: `00-${traceId}-${spanId}-${flags}`,
    ...(state === '' ? {} : { traceState: state }),
  }
}

const WRITTEN = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/

/** The context of what was written down; the active one when that is no trace, for whatever brought it may be anybody's. */
export function contextOf({ traceParent, traceState }: TraceContext): Context {
  const [, traceId, spanId, flags] = WRITTEN.exec(traceParent) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return context.active()
  return trace.setSpanContext(context.active(), {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(traceState === undefined ? {} : { traceState: createTraceState(traceState) }),
  })
}
