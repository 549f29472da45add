import type { IncomingMessage, ServerResponse } from 'node:http'
import { writeAnswer, type Answer } from '../answer.js'
import { BodyTooLargeError } from './errors.js'
import type { GuardedRequest } from './guarded-request.js'
import type { RequestAdapter, RequestAdmission } from './request-adapter.js'
import { isPromise } from './promise.js'
import { bodyTooLargeAnswer, handlerFailedAnswer } from './answers.js'

/** A handler of plain `node:http`, which also gets what the guard knows of the request. */
export type GuardedHandler = (
  message: IncomingMessage,
  response: ServerResponse,
  request: GuardedRequest,
) => unknown

export type NodeListener = (message: IncomingMessage, response: ServerResponse) => void

type ErrorListener = (error: unknown, message: IncomingMessage) => void

/** Puts the guard before a handler of plain `node:http`. */
export function nodeListener(
  guard: RequestAdmission,
  handler: GuardedHandler,
  onError: ErrorListener,
): NodeListener {
  return (message, response) =>
    guard.admit(message, response, new NodeRequestAdapter(message, response, handler, onError))
}

class NodeRequestAdapter implements RequestAdapter {
  private readonly message: IncomingMessage
  private readonly response: ServerResponse
  private readonly handler: GuardedHandler
  private readonly onError: ErrorListener

  constructor(
    message: IncomingMessage,
    response: ServerResponse,
    handler: GuardedHandler,
    onError: ErrorListener,
  ) {
    this.message = message
    this.response = response
    this.handler = handler
    this.onError = onError
  }

  proceed(request: GuardedRequest): unknown {
    try {
      const work = this.handler(this.message, this.response, request)
      return isPromise(work) ? work.then(undefined, (error: unknown) => this.fail(error, request)) : undefined
    } catch (error) {
      this.fail(error, request)
      return undefined
    }
  }

  answer(answer: Answer): void {
    writeAnswer(this.response, answer)
  }

  private fail(error: unknown, request: GuardedRequest): void {
    if (error instanceof BodyTooLargeError) {
      writeAnswer(this.response, bodyTooLargeAnswer(request.requestId, error.bytesMax))
      return
    }
    // A handler that stops because nobody waits any more has not failed.
    const { destroyed, writableFinished, writableEnded, headersSent } = this.response
    if (destroyed && !writableFinished) return
    this.onError(error, this.message)
    if (writableEnded) return
    // Half an answer must not look like a whole one.
    if (headersSent) this.response.destroy()
    else writeAnswer(this.response, handlerFailedAnswer(request.requestId))
  }
}
