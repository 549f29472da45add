import type { FailureClass } from '@watertight/traffic'

/** Where and how an attempt failed, for the errors below. */
export interface FailureDetail {
  readonly endpoint: string
  readonly cause?: unknown
}

/** An attempt ended without a whole answer. `instanceof TransportError` tells these from refusals and time limits. */
export abstract class TransportError extends Error {
  override readonly name: string = 'TransportError'
  /** Stable, such as `WT_RESET`. */
  abstract readonly code: string
  abstract readonly failureClass: FailureClass
  /** The origin that was called, such as `http://127.0.0.1:7001`. */
  readonly endpoint: string
  /** Whether the retry conditions of the destination, the request and its body allowed a further attempt. */
  retryable: boolean = false

  constructor(message: string, detail: FailureDetail) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause })
    this.endpoint = detail.endpoint
  }
}

/** No connection: refused, unreachable, or the name is unknown. `cause` is the system's error. */
export class ConnectError extends TransportError {
  override readonly name = 'ConnectError'
  readonly code: string = 'WT_CONNECT'
  readonly failureClass = 'connect-failure'
}

/** A connection, but no trust: the certificate or the handshake failed. */
export class TlsError extends TransportError {
  override readonly name = 'TlsError'
  readonly code = 'WT_TLS'
  readonly failureClass = 'connect-failure'
}

/** The connection ended before the answer did. */
export class ResetError extends TransportError {
  override readonly name = 'ResetError'
  readonly code = 'WT_RESET'
  readonly failureClass = 'reset'
}

/** The callee refused the HTTP/2 stream: it has not looked at the request. */
export class RefusedStreamError extends TransportError {
  override readonly name = 'RefusedStreamError'
  readonly code = 'WT_REFUSED_STREAM'
  readonly failureClass = 'refused-stream'
}

/** What came is not HTTP/1.1, contradicts itself, or has a larger head than is allowed. */
export class ProtocolError extends TransportError {
  override readonly name = 'ProtocolError'
  readonly code = 'WT_PROTOCOL'
  readonly failureClass = 'protocol-error'
}

/** The body that was to be read at once is larger than `bodyBytesMax`. Read it as a stream instead. */
export class ResponseTooLargeError extends TransportError {
  override readonly name = 'ResponseTooLargeError'
  readonly code = 'WT_RESPONSE_TOO_LARGE'
  readonly failureClass = 'protocol-error'
}
