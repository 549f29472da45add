/**
 * The request itself cannot be sent, whatever the callee does: a wrong path, method or header. As from the platform's
 * `fetch` it is a `TypeError`, by name, too.
 */
export class RequestError extends TypeError {
  readonly code = 'WT_REQUEST'

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
  }
}

/** What a caller's own code has thrown, in words. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown)
}

/** An answer came that the caller has forbidden to use: a redirect where none may be, or a body of other bytes. */
export class UnwantedAnswerError extends TypeError {
  readonly code = 'WT_UNWANTED_ANSWER'

  /** `reason` in the words of the platform, whose own error this is like. */
  constructor(reason: string) {
    super('fetch failed', { cause: new Error(reason) })
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
