import { type FlatHeaders, hasHeader, replaceHeader } from './flat-headers.js'
import { PRIORITY_HEADER, REQUEST_ID_HEADER } from './headers.js'
import type { RequestScope } from './request-scope.js'

/**
 * Adds what a call carries on from the request that it is made for: its id, its trace and its baggage. What the caller
 * has set stays. A call that nobody asked for gets an id of its own, the same for all its attempts.
 */
export function carryOn(
  headers: FlatHeaders,
  scope: RequestScope | undefined,
  priority: number,
  newRequestId: () => string,
): void {
  if (!hasHeader(headers, REQUEST_ID_HEADER))
    headers.push(REQUEST_ID_HEADER, scope?.requestId ?? newRequestId())
  if (priority !== 0) replaceHeader(headers, PRIORITY_HEADER, String(priority))
  if (scope === undefined) return
  const { traceparent, tracestate, baggage } = scope
  if (traceparent !== undefined && !hasHeader(headers, 'traceparent')) {
    headers.push('traceparent', traceparent)
    if (tracestate !== undefined) headers.push('tracestate', tracestate)
  }
  if (baggage !== undefined && !hasHeader(headers, 'baggage')) headers.push('baggage', baggage)
}
