import {
  ATTEMPT_COUNT_HEADER,
  DEADLINE_HEADER,
  FAILURE_HEADER,
  PRIORITY_HEADER,
  REQUEST_ID_HEADER,
} from '@watertight/traffic'
import { DROPPED_HEADER, HeaderNames, knownHeaders } from '../http1/index.js'

/** By these a trusted caller steers, in the words of Envoy; they are never passed on. */
export const controlHeaders = {
  maxRetries: 'x-envoy-max-retries',
  retryOn: 'x-envoy-retry-on',
  timeoutMs: 'x-envoy-upstream-rq-timeout-ms',
  attemptTimeoutMs: 'x-envoy-upstream-rq-per-try-timeout-ms',
} as const

export const SERVICE_TIME_HEADER = 'x-envoy-upstream-service-time'

/** The headers that the proxy looks at, each with its number. */
export const proxyHeaderNames: HeaderNames = new HeaderNames([
  REQUEST_ID_HEADER,
  ATTEMPT_COUNT_HEADER,
  DEADLINE_HEADER,
  PRIORITY_HEADER,
  SERVICE_TIME_HEADER,
  FAILURE_HEADER,
  'x-forwarded-for',
  'x-forwarded-proto',
  'idempotency-key',
  'content-type',
  'grpc-status',
  'grpc-timeout',
  'traceparent',
  'tracestate',
  'baggage',
  ...Object.values(controlHeaders),
])

const perHop = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'te', 'upgrade'] as const

const rewritten = [
  'expect',
  ATTEMPT_COUNT_HEADER,
  DEADLINE_HEADER,
  'x-forwarded-for',
  'x-forwarded-proto',
  ...Object.values(controlHeaders),
]

/** Which lines of a request are not passed on: those of one connection, and those that are written anew. */
export const droppedFromRequests: Uint8Array = table(rewritten)

/** The same where each attempt has a span of its own, by which its endpoint goes on. */
export const droppedFromTracedRequests: Uint8Array = table([
  ...rewritten,
  'traceparent',
  'tracestate',
  'baggage',
])

/** Which headers steer, by their numbers. */
export const isControlHeader: Uint8Array = marked(Object.values(controlHeaders))

/** Which lines of an answer are not passed on: how long it took, and how a process failed, is said by whoever is next to it. */
export const droppedFromAnswers: Uint8Array = table([SERVICE_TIME_HEADER, FAILURE_HEADER])

function table(names: readonly string[]): Uint8Array {
  const dropped = marked(names)
  dropped[DROPPED_HEADER] = 1
  for (const name of perHop) dropped[knownHeaders[name]] = 1
  return dropped
}

function marked(names: readonly string[]): Uint8Array {
  const marks = new Uint8Array(256)
  for (const name of names) marks[proxyHeaderNames.id(name)] = 1
  return marks
}
