import { ATTEMPT_COUNT_HEADER, DEADLINE_HEADER, PRIORITY_HEADER, REQUEST_ID_HEADER } from './headers.js'
import type { RequestScope } from './request-scope.js'

/** Headers as names and values in turn, the form in which they are sent. */
export type FlatHeaders = string[]

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

/** Tells the callee which attempt this is, and for how many whole milliseconds its answer is waited for, if not for ever. */
export function writeAttemptHeaders(headers: FlatHeaders, attempt: number, leftMs: number): void {
  replaceHeader(headers, ATTEMPT_COUNT_HEADER, String(attempt))
  if (leftMs !== Infinity) replaceHeader(headers, DEADLINE_HEADER, String(leftMs))
}

/** What an attempt that starts now tells the callee: how long its answer is waited for, in whole milliseconds. */
export function expectedMs(deadline: number, attemptMs: number, now: number): number {
  return Math.max(0, Math.floor(Math.min(deadline - now, attemptMs)))
}

/** Whether a flat list of headers names one, in lower case. */
export function hasHeader(headers: readonly string[], name: string): boolean {
  for (let index = 0; index < headers.length; index += 2) {
    const key = headers[index]!
    if (key.length === name.length && (key === name || key.toLowerCase() === name)) return true
  }
  return false
}

/** Puts a header in place of whatever stands under its name. */
export function replaceHeader(headers: FlatHeaders, name: string, value: string): void {
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]!.toLowerCase() !== name) continue
    headers[index + 1] = value
    return
  }
  headers.push(name, value)
}
