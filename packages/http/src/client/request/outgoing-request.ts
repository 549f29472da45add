import { hasHeader } from '@watertight/traffic'
import { RequestError } from '../failure/request-error.js'
import { type BodyInput, type RequestBody, requestBody } from './request-body.js'

/**
 * What one call may say: what `fetch` takes, and a little more. Redirects are always handed to the caller (a service
 * that moved is a matter of configuration), so `redirect` may only be `manual`; a `dispatcher` is refused.
 */
export interface FetchInit extends Omit<RequestInit, 'body' | 'priority'> {
  /** What `fetch` takes, any async iterable of bytes, or a function that makes the body of each attempt. */
  readonly body?: BodyInput | undefined
  /** Equal for equal calls, to a cached fallback and to `ring-hash`. Default: the path. */
  readonly key?: string | undefined
  /** Whether the request may be sent again. Default: what its operation, method and headers say. */
  readonly idempotent?: boolean | undefined
  /** Higher is more important. Default: that of the request being answered, or 0. */
  readonly priority?: number | undefined
  /** The name under which the call is counted, from a small fixed set. Default: its operation's. */
  readonly route?: string | undefined
  /**
   * Hears of each attempt before it is sent, by its number from 1 on. If it was never called, nothing has left this
   * process, and nothing needs to be undone.
   */
  readonly onAttempt?: ((attempt: number) => void) | undefined
}

/** A request in the form that attempts are made from. */
export interface OutgoingRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Names and values in turn, as given. */
  readonly headers: string[]
  readonly body: RequestBody | undefined
  readonly signal: AbortSignal | undefined
}

/** Anything that the transport would refuse, and whatever needs percent-encoding. */
const unusualInPath = /[^\u0021-\u007e]|#/
const standardMethods = new Set(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'])

/**
 * Reads the arguments of a `fetch`. `isKnownOrigin` says whether an absolute URL belongs to the destination.
 *
 * @throws {RequestError} for a URL of another origin, or an option that cannot be honoured
 */
export function outgoingRequest(
  input: string | URL | Request,
  init: FetchInit | undefined,
  replayBytesMax: number,
  isKnownOrigin: (origin: string) => boolean,
): OutgoingRequest {
  const given = input instanceof Request ? input : undefined
  const url = given === undefined ? (input as string | URL) : given.url
  const path = pathOf(url, isKnownOrigin)
  if (init?.redirect !== undefined && init.redirect !== 'manual') {
    throw new RequestError(`cannot fetch ${path}: redirect must be 'manual', got '${init.redirect}'`)
  }
  if (init?.dispatcher !== undefined) {
    throw new RequestError(`cannot fetch ${path}: the connections are its own, got a dispatcher`)
  }
  const method = methodOf(init?.method ?? given?.method)
  const headers: string[] = []
  appendHeaders(headers, init?.headers ?? given?.headers)
  const body = requestBody(init?.body === undefined ? given?.body : init.body, replayBytesMax)
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) {
    throw new RequestError(`cannot fetch ${path}: a ${method} request may not have a body`)
  }
  if (body?.contentType !== undefined && !hasHeader(headers, 'content-type')) {
    headers.push('content-type', body.contentType)
  }
  return { method, path, headers, body, signal: init?.signal ?? given?.signal ?? undefined }
}

function pathOf(url: string | URL, isKnownOrigin: (origin: string) => boolean): string {
  if (typeof url === 'string') {
    const isPath = url.charCodeAt(0) === SLASH && url.charCodeAt(1) !== SLASH
    if (isPath && !unusualInPath.test(url)) return url
    if (isPath) return pathAndQuery(new URL(url, 'http://path'))
  }
  const parsed = parseUrl(url)
  if (!isKnownOrigin(parsed.origin)) {
    throw new RequestError(`cannot fetch ${parsed.origin}: the origin must be one of the destination's`)
  }
  return pathAndQuery(parsed)
}

function parseUrl(url: string | URL): URL {
  if (url instanceof URL) return url
  try {
    return new URL(url)
  } catch (cause) {
    throw new RequestError(`cannot fetch '${url.slice(0, 80)}': it must be a path from / or a URL`, cause)
  }
}

function pathAndQuery(url: URL): string {
  return url.pathname + url.search
}

function methodOf(method: string | undefined): string {
  if (method === undefined) return 'GET'
  if (standardMethods.has(method)) return method
  // The usual methods are known in any case; others are case-sensitive, as the web has it.
  const upper = method.toUpperCase()
  return standardMethods.has(upper) && upper !== 'PATCH' ? upper : method
}

function appendHeaders(to: string[], headers: RequestInit['headers']): void {
  if (headers === undefined || headers === null) return
  if (Symbol.iterator in headers) {
    for (const [name, value] of headers as Iterable<readonly [string, string]>) to.push(name, value)
    return
  }
  for (const name of Object.keys(headers)) {
    const value = (headers as Record<string, string | readonly string[] | undefined>)[name]
    if (value !== undefined) to.push(name, String(value))
  }
}

const SLASH = 47
