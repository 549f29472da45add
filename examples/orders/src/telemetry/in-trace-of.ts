import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'

/** Handles an event in a span of its own, which belongs to the trace in which the event happened. */
export async function inTraceOf(
  { type, traceParent }: { readonly type: string; readonly traceParent: string | null },
  handle: () => Promise<void>,
): Promise<void> {
  const parent =
    traceParent === null
      ? context.active()
      : propagation.extract(context.active(), { traceparent: traceParent })
  const span = trace
    .getTracer('orders')
    .startSpan(
      `process ${type}`,
      { kind: SpanKind.CONSUMER, attributes: { 'messaging.operation.type': 'process' } },
      parent,
    )
  try {
    await context.with(trace.setSpan(parent, span), handle)
  } catch (error) {
    span.recordException(error as Error)
    span.setStatus({ code: SpanStatusCode.ERROR, message: (error as Error).message })
    throw error
  } finally {
    span.end()
  }
}
