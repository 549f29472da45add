import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { REQUEST_ID_HEADER } from '../scope/headers.js'

/** A day: nobody waits longer, and what claims to is not believed. */
const TIMEOUT_MS_MAX = 86_400_000
const REQUEST_ID = /^[\w.:/+=@-]{1,128}$/
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/
const MINUS = 45
const ZERO = 48
const DIGITS_MAX = 15
const PRIORITY = /^-?\d{1,3}$/
const PRIORITY_MAX = 100
/** The least that W3C Trace Context asks everybody to pass on. */
const TRACESTATE_LENGTH_MAX = 512
/** The most that W3C Baggage lets anybody expect. */
const BAGGAGE_LENGTH_MAX = 8_192

/** One header, by its name in lower case. A header that may come once and came more often has no value. */
export function header({ headers }: Pick<IncomingMessage, 'headers'>, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

/** When the caller stops waiting, in the time of `now`; `Infinity` when it does not say, or not in whole milliseconds. */
export function readDeadline(text: string | undefined, now: number): number {
  if (text === undefined) return Infinity
  const timeoutMs = wholeNumber(text)
  return timeoutMs <= TIMEOUT_MS_MAX ? now + timeoutMs : Infinity
}

/** Every request is asked for this, so it is read digit by digit; `NaN` for what is no whole number, or a long one. */
function wholeNumber(text: string): number {
  const start = text.charCodeAt(0) === MINUS ? 1 : 0
  if (text.length === start || text.length > DIGITS_MAX) return Number.NaN
  let value = 0
  for (let index = start; index < text.length; index++) {
    const digit = text.charCodeAt(index) - ZERO
    if (digit < 0 || digit > 9) return Number.NaN
    value = value * 10 + digit
  }
  return start === 1 ? -value : value
}

/** The caller's id for the request, or a new one: what is too long or not printable could forge log lines. */
export function readRequestId(headers: IncomingHttpHeaders): string {
  const given = headers[REQUEST_ID_HEADER]
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
}

export function readPriority(text: string | undefined): number {
  if (text === undefined || !PRIORITY.test(text)) return 0
  return Math.max(-PRIORITY_MAX, Math.min(PRIORITY_MAX, Number(text)))
}

export function readTraceparent(headers: IncomingHttpHeaders): string | undefined {
  const given = headers['traceparent']
  return typeof given === 'string' && TRACEPARENT.test(given) ? given : undefined
}

export function readTracestate(headers: IncomingHttpHeaders): string | undefined {
  return shortEnough(headers['tracestate'], TRACESTATE_LENGTH_MAX)
}

export function readBaggage(headers: IncomingHttpHeaders): string | undefined {
  return shortEnough(headers['baggage'], BAGGAGE_LENGTH_MAX)
}

function shortEnough(given: string | readonly string[] | undefined, lengthMax: number): string | undefined {
  const text = typeof given === 'string' ? given : given?.join(',')
  return text === undefined || text.length > lengthMax ? undefined : text
}
