/** The request itself cannot be sent, whatever the callee does: a wrong path, method or header. */
export class RequestError extends TypeError {
  override readonly name = 'RequestError'
  readonly code = 'WT_REQUEST'

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
  }
}

/** The client was closed; nothing can be sent with it any more. */
export class ClosedError extends Error {
  override readonly name = 'ClosedError'
  readonly code = 'WT_CLOSED'

  constructor() {
    super('cannot fetch: the client is closed')
  }
}
