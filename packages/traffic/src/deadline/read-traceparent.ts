const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/
/** The least that W3C Trace Context asks everybody to pass on. */
const TRACESTATE_LENGTH_MAX = 512
/** The most that W3C Baggage lets anybody expect. */
const BAGGAGE_LENGTH_MAX = 8_192

/** The value of a header; more than one where it came more often. */
type HeaderValue = string | readonly string[] | undefined

export function readTraceparent(given: HeaderValue): string | undefined {
  return typeof given === 'string' && TRACEPARENT.test(given) ? given : undefined
}

export function readTracestate(given: HeaderValue): string | undefined {
  return shortEnough(given, TRACESTATE_LENGTH_MAX)
}

export function readBaggage(given: HeaderValue): string | undefined {
  return shortEnough(given, BAGGAGE_LENGTH_MAX)
}

function shortEnough(given: HeaderValue, lengthMax: number): string | undefined {
  const text = typeof given === 'string' ? given : given?.join(',')
  return text === undefined || text.length > lengthMax ? undefined : text
}
