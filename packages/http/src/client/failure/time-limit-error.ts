import { type FailureDetail, TransportError } from './transport-error.js'

interface LimitDetail extends FailureDetail {
  /** Unknown of a dispatcher that is not ours. */
  readonly timeoutMs: number | undefined
}

/** A time limit of one attempt has passed. */
export abstract class TimeLimitError extends TransportError {
  /** The limit that passed, in milliseconds; `undefined` where it was one of somebody else's dispatcher. */
  readonly timeoutMs: number | undefined

  constructor(message: string, detail: LimitDetail) {
    super(message, detail)
    this.timeoutMs = detail.timeoutMs
  }
}

/** No connection within `timeout.connectMs`. */
export class ConnectTimeoutError extends TimeLimitError {
  readonly code = 'WT_CONNECT_TIMEOUT'
  readonly failureClass = 'connect-failure'

  constructor(detail: LimitDetail) {
    super(`cannot connect to ${detail.endpoint} ${within(detail)}`, detail)
  }
}

/** The request was sent, and no answer began within `timeout.responseHeadersMs`. */
export class HeadersTimeoutError extends TimeLimitError {
  readonly code = 'WT_HEADERS_TIMEOUT'
  readonly failureClass = 'attempt-timeout'

  constructor(detail: LimitDetail) {
    super(`no response from ${detail.endpoint} ${within(detail)}`, detail)
  }
}

/** A streamed request was under way, and the callee took nothing of its body for `timeout.bodyIdleMs`. */
export class UploadTimeoutError extends TimeLimitError {
  readonly code = 'WT_UPLOAD_TIMEOUT'
  readonly failureClass = 'attempt-timeout'

  constructor(detail: LimitDetail) {
    super(`${detail.endpoint} took no more of the request ${within(detail)}`, detail)
  }
}

/** The answer began, and then nothing came for `timeout.bodyIdleMs`. */
export class BodyTimeoutError extends TimeLimitError {
  readonly code = 'WT_BODY_TIMEOUT'
  readonly failureClass = 'reset'

  constructor(detail: LimitDetail) {
    super(`no more of the response from ${detail.endpoint} ${within(detail)}`, detail)
  }
}

/** One attempt took longer than `timeout.attemptMs`. */
export class AttemptTimeoutError extends TimeLimitError {
  readonly code = 'WT_ATTEMPT_TIMEOUT'
  readonly failureClass = 'attempt-timeout'

  constructor(detail: LimitDetail) {
    super(`attempt at ${detail.endpoint} did not finish ${within(detail)}`, detail)
  }
}

/** All connections that may be open are in use, and none became free within `timeout.connectMs`. */
export class ConnectionsInUseError extends TimeLimitError {
  readonly code = 'WT_CONNECTIONS_IN_USE'
  readonly failureClass = 'connect-failure'

  constructor(detail: LimitDetail & { readonly connections: number }) {
    const { endpoint, timeoutMs, connections } = detail
    super(`no free connection to ${endpoint} within ${timeoutMs} ms: all ${connections} are in use`, detail)
  }
}

function within({ timeoutMs }: LimitDetail): string {
  return timeoutMs === undefined ? "within the dispatcher's limit" : `within ${timeoutMs} ms`
}
