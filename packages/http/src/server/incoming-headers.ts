import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { REQUEST_ID_HEADER } from '../scope/headers.js'

/** A day: nobody waits longer, and what claims to is not believed. */
const TIMEOUT_MS_MAX = 86_400_000
const REQUEST_ID = /^[\w.:/+=@-]{1,128}$/
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/
const WHOLE = /^-?\d+$/
const PRIORITY = /^-?\d{1,3}$/
const PRIORITY_MAX = 100
/** The least that W3C Trace Context asks everybody to pass on. */
const TRACESTATE_LENGTH_MAX = 512
/** The most that W3C Baggage lets anybody expect. */
const BAGGAGE_LENGTH_MAX = 8_192

/**
 * One header, by its name in lower case, out of what the parser has read. `message.headers` would give the same, but
 * builds an object of all headers when it is first asked, which takes longer than all else that the guard does.
 */
export function rawHeader(
  { rawHeaders }: Pick<IncomingMessage, 'rawHeaders'>,
  name: string,
): string | undefined {
  const { length } = name
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const candidate = rawHeaders[index]!
    if (candidate.length === length && (candidate === name || candidate.toLowerCase() === name))
      return rawHeaders[index + 1]
  }
  return undefined
}

/** When the caller stops waiting, in the time of `now`; `Infinity` when it does not say, or not in whole milliseconds. */
export function readDeadline(header: string | undefined, now: number): number {
  if (header === undefined || !WHOLE.test(header)) return Infinity
  const timeoutMs = Number(header)
  return timeoutMs <= TIMEOUT_MS_MAX ? now + timeoutMs : Infinity
}

/** The caller's id for the request, or a new one: what is too long or not printable could forge log lines. */
export function readRequestId(headers: IncomingHttpHeaders): string {
  const given = headers[REQUEST_ID_HEADER]
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID()
}

export function readPriority(header: string | undefined): number {
  if (header === undefined || !PRIORITY.test(header)) return 0
  return Math.max(-PRIORITY_MAX, Math.min(PRIORITY_MAX, Number(header)))
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
