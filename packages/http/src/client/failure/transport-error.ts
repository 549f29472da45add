import type { FailureClass } from '@watertight/traffic'

/** Where and how an attempt failed, for the errors below. */
export interface FailureDetail {
  readonly endpoint: string
  readonly cause?: unknown
}

/**
 * An attempt ended without a whole answer. `instanceof TransportError` tells these from refusals and time limits.
 *
 * It is what the platform's `fetch` rejects with, word for word: a `TypeError: fetch failed`, which many libraries look
 * for when they decide what to try again, with the system's error as its `cause` where there is one. What happened stands
 * in `reason`, and `code` is ours.
 */
export abstract class TransportError extends TypeError {
  /** Stable, such as `WT_RESET`. */
  abstract readonly code: string
  abstract readonly failureClass: FailureClass
  /** The origin that was called, such as `http://127.0.0.1:7001`. */
  readonly endpoint: string
  /** What happened, in words: `cannot connect to http://127.0.0.1:7001: connect ECONNREFUSED 127.0.0.1:7001`. */
  readonly reason: string
  /** Whether the retry conditions of the destination, the request and its body allowed a further attempt. */
  retryable: boolean = false

  constructor(message: string, detail: FailureDetail) {
    super('fetch failed', { cause: detail.cause ?? new Error(message) })
    this.endpoint = detail.endpoint
    this.reason = message
  }
}

/** No connection: refused, unreachable, or the name is unknown. `cause.code` is the system's, such as `ECONNREFUSED`. */
export class ConnectError extends TransportError {
  readonly code: string = 'WT_CONNECT'
  readonly failureClass = 'connect-failure'
}

/** A connection, but no trust: the certificate or the handshake failed. */
export class TlsError extends TransportError {
  readonly code = 'WT_TLS'
  readonly failureClass = 'connect-failure'
}

/** The connection ended before the answer did. */
export class ResetError extends TransportError {
  readonly code = 'WT_RESET'
  readonly failureClass = 'reset'
}

/** The callee refused the HTTP/2 stream: it has not looked at the request. */
export class RefusedStreamError extends TransportError {
  readonly code = 'WT_REFUSED_STREAM'
  readonly failureClass = 'refused-stream'
}

/** What came is not HTTP/1.1, contradicts itself, or has a larger head than is allowed. */
export class ProtocolError extends TransportError {
  readonly code = 'WT_PROTOCOL'
  readonly failureClass = 'protocol-error'
}

/** A `100 Continue` that nobody asked for, which the transport cannot read: the callee would send it every time. */
export class UnaskedContinueError extends ProtocolError {
  constructor(detail: FailureDetail) {
    super(`no valid HTTP from ${detail.endpoint}: 100 Continue that was not asked for`, detail)
  }
}

/** The body that was to be read at once is larger than `bodyBytesMax`. Read it as a stream instead. */
export class ResponseTooLargeError extends TransportError {
  readonly code = 'WT_RESPONSE_TOO_LARGE'
  readonly failureClass = 'protocol-error'
}
