import { ATTEMPT_COUNT_HEADER, DEADLINE_HEADER, REQUEST_ID_HEADER } from '@watertight/traffic'
import { DROPPED_HEADER, HeaderNames, knownHeaders } from '../http1/index.js'

/** By these a caller steers Envoy; they are never passed on, and of a trusted one the time limit is heeded. */
const controlHeaders = {
  maxRetries: 'x-envoy-max-retries',
  retryOn: 'x-envoy-retry-on',
  timeoutMs: 'x-envoy-upstream-rq-timeout-ms',
  attemptTimeoutMs: 'x-envoy-upstream-rq-per-try-timeout-ms',
} as const

/** How long a caller that is trusted waits for the whole call, in milliseconds. */
export const TIMEOUT_HEADER: string = controlHeaders.timeoutMs
export const SERVICE_TIME_HEADER = 'x-envoy-upstream-service-time'

/** The headers that the proxy looks at, each with its number. */
export const proxyHeaderNames: HeaderNames = new HeaderNames([
  REQUEST_ID_HEADER,
  ATTEMPT_COUNT_HEADER,
  DEADLINE_HEADER,
  SERVICE_TIME_HEADER,
  'x-forwarded-for',
  'x-forwarded-proto',
  'idempotency-key',
  'content-type',
  'grpc-status',
  'grpc-timeout',
  ...Object.values(controlHeaders),
])

const perHop = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'te', 'upgrade'] as const

/** Which lines of a request are not passed on: those of one connection, and those that are written anew. */
export const droppedFromRequests: Uint8Array = table([
  'expect',
  ATTEMPT_COUNT_HEADER,
  DEADLINE_HEADER,
  'x-forwarded-for',
  'x-forwarded-proto',
  ...Object.values(controlHeaders),
])

/** Which lines of an answer are not passed on. */
export const droppedFromAnswers: Uint8Array = table([SERVICE_TIME_HEADER])

function table(names: readonly string[]): Uint8Array {
  const dropped = new Uint8Array(256)
  dropped[DROPPED_HEADER] = 1
  for (const name of perHop) dropped[knownHeaders[name]] = 1
  for (const name of names) dropped[proxyHeaderNames.id(name)] = 1
  return dropped
}
