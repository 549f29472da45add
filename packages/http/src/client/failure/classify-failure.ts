import { ClosedError, RequestError } from './request-error.js'
import { BodyTimeoutError, ConnectTimeoutError, HeadersTimeoutError } from './time-limit-error.js'
import {
  ConnectError,
  ProtocolError,
  RefusedStreamError,
  ResetError,
  TlsError,
  TransportError,
  UnaskedContinueError,
} from './transport-error.js'

const protocolCodes: ReadonlySet<string> = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
])

const requestCodes: ReadonlySet<string> = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
])

/** What OpenSSL makes of an answer in clear. */
const plainCodes: ReadonlySet<string> = new Set([
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
])

/** The time limits of a dispatcher that is not ours. */
const timeouts: Readonly<Record<string, TimeLimit>> = {
  UND_ERR_CONNECT_TIMEOUT: ConnectTimeoutError,
  UND_ERR_HEADERS_TIMEOUT: HeadersTimeoutError,
  UND_ERR_BODY_TIMEOUT: BodyTimeoutError,
}

type TimeLimit = typeof ConnectTimeoutError | typeof HeadersTimeoutError | typeof BodyTimeoutError

/**
 * Turns what the transport reports into an error of ours. `sent` tells whether the request was on a connection:
 * the same system error means "not sent" before that and "perhaps done" after it.
 */
export function classifyFailure(error: unknown, endpoint: string, sent: boolean): Error {
  if (error instanceof TransportError || error instanceof RequestError || error instanceof ClosedError)
    return error
  const cause = error instanceof Error ? error : new Error(String(error))
  const code = codeOf(cause)
  if (requestCodes.has(code)) return new RequestError(`cannot send request: ${cause.message}`, cause)
  if (code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED') return new ClosedError()
  const detail = { endpoint, cause }
  const TimedOut = timeouts[code]
  if (TimedOut !== undefined) return new TimedOut({ ...detail, timeoutMs: undefined })
  if (!sent) return notConnected(cause, code, detail)
  if (isRefusedStream(cause, code)) {
    return new RefusedStreamError(`stream refused by ${endpoint}`, detail)
  }
  // Of a request that is under way the parser says this for nothing else.
  if (cause.message === 'bad response') return new UnaskedContinueError(detail)
  if (isProtocolFailure(cause, code)) {
    return new ProtocolError(`no valid HTTP from ${endpoint}: ${reason(cause)}`, detail)
  }
  return new ResetError(`connection to ${endpoint} ended before its response: ${reason(cause)}`, detail)
}

function notConnected(cause: Error, code: string, detail: { endpoint: string; cause: Error }): Error {
  if (plainCodes.has(code)) {
    return new TlsError(`cannot connect to ${detail.endpoint}: it does not speak TLS`, detail)
  }
  if (isTlsFailure(cause, code)) {
    return new TlsError(`cannot trust ${detail.endpoint}: ${reason(cause)}`, detail)
  }
  return new ConnectError(`cannot connect to ${detail.endpoint}: ${reason(cause)}`, detail)
}

/** The parser's errors have a name but no code; an unasked-for upgrade has neither. */
function isProtocolFailure(cause: Error, code: string): boolean {
  return protocolCodes.has(code) || cause.name === 'HTTPParserError' || cause.message === 'bad upgrade'
}

/** Certificates have codes of their own (`CERT_HAS_EXPIRED`, `DEPTH_ZERO_SELF_SIGNED_CERT`), handshakes those of OpenSSL. */
function isTlsFailure(cause: Error, code: string): boolean {
  return (
    /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO|HOSTNAME_MISMATCH|ERR_OSSL)/.test(
      code,
    ) || cause.message.includes('before secure TLS connection')
  )
}

function isRefusedStream(cause: Error, code: string): boolean {
  return code === 'ERR_HTTP2_STREAM_ERROR' && cause.message.includes('REFUSED_STREAM')
}

function codeOf(error: Error): string {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' ? code : ''
}

function reason(cause: Error): string {
  return cause.message === '' ? codeOf(cause) || cause.name : cause.message
}
