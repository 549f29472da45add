import { context, propagation } from '@opentelemetry/api'

/** The trace in which an event happens, for the event to carry. */
export function traceNow(): { readonly traceParent?: string } {
  const carrier: { traceparent?: string } = {}
  propagation.inject(context.active(), carrier)
  return carrier.traceparent === undefined ? {} : { traceParent: carrier.traceparent }
}
