import { problemAnswer } from '../answer.js'

/** The reason of a request's `signal` when its caller has stopped waiting. */
export class DeadlineExceededError extends Error {
  override readonly name = 'DeadlineExceededError'
  readonly code = 'WT_DEADLINE_EXCEEDED'
  /** Milliseconds that the caller gave. */
  readonly timeoutMs: number

  constructor(timeoutMs: number) {
    super(`the caller has stopped waiting after ${Math.round(timeoutMs)} ms`)
    this.timeoutMs = timeoutMs
  }
}

/** The reason of a request's `signal` when its caller has closed the connection before the answer was out. */
export class CallerGoneError extends Error {
  override readonly name = 'CallerGoneError'
  readonly code = 'WT_CALLER_GONE'

  constructor() {
    super('the caller has closed the connection')
  }
}

/** The reason of a stream's `signal` when the server is about to stop: the stream is to end now, in its own way. */
export class DrainingError extends Error {
  override readonly name = 'DrainingError'
  readonly code = 'WT_DRAINING'

  constructor() {
    super('the server is about to stop')
  }
}

/**
 * What reading a request's body ends with when it is longer than `bodyBytesMax`. `statusCode` is what Express and
 * Fastify answer with, `getResponse` is what Hono does.
 */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError'
  readonly code = 'WT_BODY_TOO_LARGE'
  readonly statusCode = 413
  readonly bytesMax: number

  constructor(bytesMax: number) {
    super(`the request body is longer than ${bytesMax} bytes`)
    this.bytesMax = bytesMax
  }

  getResponse(): Response {
    const { status, headers, body } = problemAnswer(413, { code: this.code, detail: this.message })
    return new Response(body, { status, headers })
  }
}
