import { type FlatHeaders, replaceHeader } from './flat-headers.js'
import { ATTEMPT_COUNT_HEADER, DEADLINE_HEADER } from './headers.js'

/** Tells the callee which attempt this is, and for how many whole milliseconds its answer is waited for, if not for ever. */
export function writeAttemptHeaders(headers: FlatHeaders, attempt: number, leftMs: number): void {
  replaceHeader(headers, ATTEMPT_COUNT_HEADER, String(attempt))
  if (leftMs !== Infinity) replaceHeader(headers, DEADLINE_HEADER, String(leftMs))
}
