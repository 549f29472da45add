import {
  expectedMs,
  ATTEMPT_COUNT_HEADER,
  DEADLINE_HEADER,
  readRequestId,
  REQUEST_ID_HEADER,
} from '@watertight/traffic'
import {
  CHUNKED,
  type HeaderBlock,
  knownHeaders,
  type RequestHead,
  type ResponseHead,
} from '../http1/index.js'
import type { ForwardAction } from '../routes/route.js'
import type { Caller } from './caller.js'
import type { ProxyContext } from './proxy-context.js'
import {
  droppedFromAnswers,
  droppedFromRequests,
  droppedFromTracedRequests,
  proxyHeaderNames,
  SERVICE_TIME_HEADER,
} from './proxy-headers.js'

const requestIdHeader = proxyHeaderNames.id(REQUEST_ID_HEADER)
const forwardedProtoHeader = proxyHeaderNames.id('x-forwarded-proto')

/** The lines of a request that are the same for every attempt. */
export function requestLines(
  caller: Caller,
  { host, changeRequest }: ForwardAction,
  { newRequestId, forwardsAddresses, continuesHere }: ProxyContext,
  isTraced: boolean,
): string {
  const { headers, bodyLength, upgrade } = caller.request
  const id = headers.indexOf(requestIdHeader)
  const isKnown = id >= 0 && readRequestId(headers.valueText(id)) !== undefined
  if (id >= 0 && !isKnown) headers.drop(id)
  if (host !== undefined) headers.drop(headers.indexOf(knownHeaders.host))
  let lines = headers.keptText(isTraced ? droppedFromTracedRequests : droppedFromRequests)
  if (host !== undefined) lines += `host: ${host}\r\n`
  if (caller.request.expectsContinue && !continuesHere) lines += 'expect: 100-continue\r\n'
  if (!isKnown) lines += `${REQUEST_ID_HEADER}: ${newRequestId()}\r\n`
  if (bodyLength === CHUNKED) lines += 'transfer-encoding: chunked\r\n'
  if (upgrade) lines += `connection: upgrade\r\nupgrade: ${headers.valueOf(knownHeaders.upgrade)}\r\n`
  if (acceptsTrailers(headers)) lines += 'te: trailers\r\n'
  if (forwardsAddresses) lines += forwardedLines(caller)
  return changeRequest === undefined ? lines : changeRequest(lines)
}

/** The lines that differ from attempt to attempt. */
export function attemptLines(attempt: number, deadline: number, attemptMs: number, now: number): string {
  const leftMs = expectedMs(deadline, attemptMs, now)
  const count = attempt === 1 ? firstAttempt : attemptCount(attempt)
  return leftMs === Infinity ? count : `${count}${DEADLINE_HEADER}: ${leftMs}\r\n`
}

function attemptCount(attempt: number): string {
  return `${ATTEMPT_COUNT_HEADER}: ${attempt}\r\n`
}

const firstAttempt = attemptCount(1)

/** How long the endpoint took. Most take less than a second, so few lines serve most answers. */
function serviceTime(durationMs: number): string {
  const ms = Math.round(durationMs)
  if (ms >= SERVICE_TIMES) return `${SERVICE_TIME_HEADER}: ${ms}\r\n`
  return (serviceTimes[ms] ??= `${SERVICE_TIME_HEADER}: ${ms}\r\n`)
}

const SERVICE_TIMES = 1_024
const serviceTimes: string[] = []

/** The lines of an answer that is passed on. */
export function answerLines(head: ResponseHead, durationMs: number): string {
  if (head.status === 204) dropLength(head)
  return head.headers.keptText(droppedFromAnswers) + serviceTime(durationMs)
}

/** Those of a head that the answer follows. */
export function informationLines(head: ResponseHead): string {
  dropLength(head)
  return head.headers.keptText(droppedFromAnswers)
}

/** What has no body by its status has no length either (RFC 9110, section 8.6). */
function dropLength({ headers }: ResponseHead): void {
  const length = headers.indexOf(knownHeaders['content-length'])
  if (length >= 0) headers.drop(length)
}

/** Those of an answer that changes the protocol. */
export function switchLines(head: ResponseHead): string {
  const protocol = head.headers.valueOf(knownHeaders.upgrade) ?? ''
  return `${head.headers.keptText(droppedFromAnswers)}connection: upgrade\r\nupgrade: ${protocol}\r\n`
}

/** All lines of a block, for trailers. */
export function trailerLines(trailers: HeaderBlock | undefined): string {
  return trailers === undefined ? '' : trailers.keptText(droppedFromAnswers)
}

/** The target as it is sent on: the path of one that names a host, too. */
export function originTarget({ target, targetForm }: RequestHead): string {
  if (targetForm !== 'absolute') return target
  const path = target.indexOf('/', target.indexOf('//') + 2)
  const query = target.indexOf('?')
  if (path >= 0 && (query < 0 || path < query)) return target.slice(path)
  return query < 0 ? '/' : `/${target.slice(query)}`
}

/** What a caller that is not trusted says of those before it is not passed on. */
function forwardedLines({ request, address, isSecure, isTrusted }: Caller): string {
  const former = isTrusted ? request.headers.get('x-forwarded-for') : undefined
  const list = former === undefined ? address : `${former}, ${address}`
  const told = isTrusted ? request.headers.valueOf(forwardedProtoHeader) : undefined
  const scheme = told === 'https' || told === 'http' ? told : isSecure ? 'https' : 'http'
  return `x-forwarded-for: ${list}\r\nx-forwarded-proto: ${scheme}\r\n`
}

function acceptsTrailers(headers: HeaderBlock): boolean {
  const index = headers.indexOf(knownHeaders.te)
  return index >= 0 && headers.valueIs(index, 'trailers')
}
