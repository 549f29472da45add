import { randomUUID } from 'node:crypto'
import type { RequestScope } from '../scope/request-scope.js'
import { hasHeader } from '../request/outgoing-request.js'
import { PRIORITY_HEADER, REQUEST_ID_HEADER } from '../scope/headers.js'

/**
 * Adds what a call carries on from the request that it is made for: its id, its trace and its baggage. What the caller
 * has set stays. A call that nobody asked for gets an id of its own, the same for all its attempts.
 */
export function carryOn(headers: string[], scope: RequestScope | undefined, priority: number): void {
  if (!hasHeader(headers, REQUEST_ID_HEADER))
    headers.push(REQUEST_ID_HEADER, scope?.requestId ?? randomUUID())
  if (priority !== 0) replaceHeader(headers, PRIORITY_HEADER, String(priority))
  if (scope === undefined) return
  const { traceparent, tracestate, baggage } = scope
  if (traceparent !== undefined && !hasHeader(headers, 'traceparent')) {
    headers.push('traceparent', traceparent)
    if (tracestate !== undefined) headers.push('tracestate', tracestate)
  }
  if (baggage !== undefined && !hasHeader(headers, 'baggage')) headers.push('baggage', baggage)
}

/** Puts a header in place of whatever stands under its name. */
export function replaceHeader(headers: string[], name: string, value: string): void {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]!.toLowerCase() !== name) continue
    headers[index + 1] = value
    return
  }
  headers.push(name, value)
}

/** What an attempt that starts now tells the callee: how long its answer is waited for, in whole milliseconds. */
export function expectedMs(deadline: number, attemptMs: number, now: number): number {
  return Math.max(0, Math.floor(Math.min(deadline - now, attemptMs)))
}
