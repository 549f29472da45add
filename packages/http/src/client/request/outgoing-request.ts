import type { Dispatcher } from 'undici'
import { hasHeader } from '@watertight/traffic'
import { dispatcherTransport } from '../connections/dispatcher-transport.js'
import { testDouble } from '../connections/test-double.js'
import type { Transport } from '../connections/transport.js'
import { RequestError } from '../failure/request-error.js'
import { acceptedEncodings } from '../response/content-decoding.js'
import { bodyOf } from './body-of.js'
import { callersSignal } from './callers-signal.js'
import type { CallInit, FetchInit } from './fetch-init.js'
import { readyBody } from './ready-body.js'
import { announceReferrer, readReferrer, type Referrer } from './referrer.js'
import type { BodyInput, RequestBody } from './request-body.js'
import { pathOf, type UrlRules } from './path-of.js'

/** A request in the form that attempts are made from. */
export interface OutgoingRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Names and values in turn, as given. */
  readonly headers: string[]
  readonly body: RequestBody | undefined
  readonly signal: AbortSignal | undefined
  /** What is done with an answer that leads elsewhere. */
  readonly redirect: 'follow' | 'manual' | 'error'
  /** Hashes of which the answer's body must have one; '' for none. */
  readonly integrity: string
  /** Where the caller says that it comes from. */
  readonly referrer: Referrer | undefined
  /** What carries it in place of the destination's own connections. */
  readonly transport: Transport | undefined
  /** What the caller says of the call. */
  readonly init: CallInit | undefined
  /** When the call must be over that this request is made for, as after a redirect; `Infinity` for a call of its own. */
  readonly deadline: number
}

const standardMethods = new Set(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'])
/** They would open tunnels, or show a request's secrets to whoever asks. */
const forbiddenMethods = new Set(['CONNECT', 'TRACE', 'TRACK'])

/** How much of a `Request` may turn out to be in memory: more is sent as a stream. */
const READ_AHEAD_BYTES = 16 * 1_024 * 1_024

/** What the request of a `fetch` is read with. */
export interface OutgoingRules extends UrlRules {
  /** Bytes of a stream that are kept for a further attempt. */
  readonly replayBytesMax: number
  /** What a path is a path of. */
  readonly origin: string
  /** What a test has put in place of the network carries it: nobody has said what should. */
  readonly heedsDoubles: boolean
}

/**
 * Reads the arguments of a `fetch`. Only a `Request` with a body takes a moment: its body is known by reading alone.
 *
 * @throws {RequestError} for a URL of another origin, or an option that cannot be honoured
 */
export function outgoingRequest(
  input: string | URL | Request,
  init: FetchInit | undefined,
  rules: OutgoingRules,
): OutgoingRequest | Promise<OutgoingRequest> {
  const given = input instanceof Request ? input : undefined
  const isOwnBody = init?.body !== undefined || given === undefined || given.body === null
  if (isOwnBody) return readRequest(given ?? input, init, init?.body, rules)
  if (given.bodyUsed) {
    throw new RequestError(`cannot fetch ${given.url}: the body of its request is already used`)
  }
  return readyBody(given.body, READ_AHEAD_BYTES).then((body) => readRequest(given, init, body, rules))
}

function readRequest(
  input: string | URL | Request,
  init: FetchInit | undefined,
  bodyInput: BodyInput | undefined,
  rules: OutgoingRules,
): OutgoingRequest {
  const given = input instanceof Request ? input : undefined
  const url = given === undefined ? (input as string | URL) : given.url
  const path = pathOf(url, rules)
  const method = methodOf(init?.method ?? given?.method, path)
  const headers: string[] = []
  appendHeaders(headers, init?.headers ?? given?.headers)
  const body = bodyOf(bodyInput, rules.replayBytesMax)
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) {
    throw new RequestError(`cannot fetch ${path}: a ${method} request may not have a body`)
  }
  addDefaults(headers, body)
  // The types of Node leave it out of what a `fetch` takes.
  const cache = (init as { readonly cache?: string } | undefined)?.cache ?? given?.cache
  if (cache !== undefined && cache !== 'default') askCaches(headers, cache)
  const signal = init?.signal === undefined ? given?.signal : init.signal
  const from = init?.referrer ?? given?.referrer
  const referrer = from && readReferrer(from, init?.referrerPolicy ?? given?.referrerPolicy)
  if (referrer) announceReferrer(headers, referrer, new URL(url, rules.origin))
  const dispatcher = init?.dispatcher
  const double = dispatcher === undefined && rules.heedsDoubles ? testDouble() : undefined
  return {
    method,
    path,
    headers,
    body,
    signal: signal === undefined || signal === null ? undefined : callersSignal(signal),
    redirect: init?.redirect ?? given?.redirect ?? 'follow',
    integrity: init?.integrity ?? given?.integrity ?? '',
    referrer: referrer || undefined,
    transport: dispatcher === undefined ? double : transportOf(dispatcher, path),
    init,
    deadline: Infinity,
  }
}

function transportOf(dispatcher: unknown, path: string): Transport {
  if (isDispatcher(dispatcher)) return dispatcherTransport(dispatcher)
  throw new RequestError(`cannot fetch ${path}: dispatcher must be one of undici's, got something else`)
}

function isDispatcher(value: unknown): value is Dispatcher {
  return typeof (value as Partial<Dispatcher> | null)?.dispatch === 'function'
}

function methodOf(method: string | undefined, path: string): string {
  if (method === undefined) return 'GET'
  if (standardMethods.has(method)) return method
  // The usual methods are known in any case; others are case-sensitive, as the web has it.
  const upper = method.toUpperCase()
  if (forbiddenMethods.has(upper)) {
    throw new RequestError(`cannot fetch ${path}: the method must not be ${upper}`)
  }
  return standardMethods.has(upper) && upper !== 'PATCH' ? upper : method
}

function appendHeaders(to: string[], headers: RequestInit['headers']): void {
  if (headers === undefined || headers === null) return
  if (Symbol.iterator in headers) {
    for (const [name, value] of headers as Iterable<readonly string[]>) {
      if (name === undefined || value === undefined) {
        throw new RequestError('cannot fetch: headers must be pairs of a name and a value, got less')
      }
      to.push(name, value)
    }
    return
  }
  for (const name of Object.keys(headers)) {
    const value = (headers as Record<string, string | readonly string[] | undefined>)[name]
    if (value !== undefined) to.push(name, String(value))
  }
}

/** What a platform's `fetch` adds where the caller says nothing; public APIs refuse requests without a user agent. */
function addDefaults(headers: string[], body: RequestBody | undefined): void {
  let missing = ALL
  for (let index = 0; index < headers.length; index += 2) missing &= ~bitOf(headers[index]!)
  if ((missing & ACCEPT) !== 0) headers.push('accept', '*/*')
  if ((missing & USER_AGENT) !== 0) headers.push('user-agent', 'node')
  if ((missing & ACCEPT_ENCODING) !== 0) {
    // A part of an encoded answer cannot be decoded.
    headers.push('accept-encoding', hasHeader(headers, 'range') ? 'identity' : acceptedEncodings)
  }
  if (body === undefined) return
  if (body.contentType !== undefined && (missing & CONTENT_TYPE) !== 0) {
    headers.push('content-type', body.contentType)
  }
  if (body.byteLength !== undefined && (missing & CONTENT_LENGTH) !== 0) {
    headers.push('content-length', String(body.byteLength))
  }
}

/** What the caller asks of the caches on the way, in the words that the fetch standard has for it. */
function askCaches(headers: string[], mode: string): void {
  if (mode === 'only-if-cached') {
    throw new RequestError("cannot fetch: cache must not be 'only-if-cached', for no answer is kept here")
  }
  const isPast = mode === 'no-store' || mode === 'reload'
  if (!isPast && mode !== 'no-cache') return
  if (isPast && !hasHeader(headers, 'pragma')) headers.push('pragma', 'no-cache')
  if (!hasHeader(headers, 'cache-control')) headers.push('cache-control', isPast ? 'no-cache' : 'max-age=0')
}

const ACCEPT = 1
const USER_AGENT = 2
const ACCEPT_ENCODING = 4
const CONTENT_TYPE = 8
const CONTENT_LENGTH = 16
const ALL = 31

function bitOf(name: string): number {
  switch (name.length) {
    case 6:
      return name.toLowerCase() === 'accept' ? ACCEPT : 0
    case 10:
      return name.toLowerCase() === 'user-agent' ? USER_AGENT : 0
    case 12:
      return name.toLowerCase() === 'content-type' ? CONTENT_TYPE : 0
    case 14:
      return name.toLowerCase() === 'content-length' ? CONTENT_LENGTH : 0
    case 15:
      return name.toLowerCase() === 'accept-encoding' ? ACCEPT_ENCODING : 0
    default:
      return 0
  }
}
