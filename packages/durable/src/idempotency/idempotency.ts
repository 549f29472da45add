import type { IncomingMessage, ServerResponse } from 'node:http'
import { problemAnswer, type RequestAdapter, type RequestAdmission } from '@watertight/http/server'
import { enterRequest, isKeyed } from './enter-request.js'
import { IdempotencyContext } from './idempotency-context.js'
import type { IdempotencyOptions } from './idempotency-options.js'
import { setIdempotentRequest } from './idempotent-request.js'
import { CapturedResponse } from './server/captured-response.js'
import { holdBody } from './server/hold-body.js'
import { keyedMessage } from './server/keyed-message.js'
import { writeKeptAnswer } from './server/write-kept-answer.js'
import type { ClaimedRun } from './claimed-run.js'

/** A handler of plain `node:http`; its promise, if it returns one, tells when its work is over. */
export type NodeHandler = (message: IncomingMessage, response: ServerResponse) => unknown

/** Makes POST and PATCH safe to be sent again. */
export interface Idempotency extends RequestAdmission {
  /** The listener for `createServer` of `node:http`, or for the guard's: `guard.listener(idempotency.listener(handler))`. */
  listener(handler: NodeHandler): NodeHandler
  /** What adapters of other servers go by. */
  readonly context: IdempotencyContext
}

/**
 * Answers a POST or PATCH that comes again with the same `Idempotency-Key` with what the first one was answered, and never
 * runs two of them at once. It goes after the guard and after whatever tells who calls.
 *
 * @throws {OptionError} when an option is unknown, missing or out of its range
 * @example
 * import { createServer } from 'node:http'
 *
 * const idempotency = createIdempotency({
 *   store: await openIdempotencyStore('memory:'),
 *   caller: (request) => request.header('x-account') ?? 'nobody',
 * })
 * const server = createServer(idempotency.listener((_request, response) => response.end('charged')))
 * server.listen(0, '127.0.0.1', () => server.close())
 */
export function createIdempotency(options: IdempotencyOptions): Idempotency {
  return new IdempotencyMiddleware(options)
}

class IdempotencyMiddleware implements Idempotency {
  readonly context: IdempotencyContext

  constructor(options: IdempotencyOptions) {
    this.context = new IdempotencyContext(options)
  }

  listener(handler: NodeHandler): NodeHandler {
    return async (message, response) => {
      const proceed = (): unknown => handler(message, response)
      await this.handle(message, response, { proceed, answer: () => undefined })
    }
  }

  admit(message: IncomingMessage, response: ServerResponse, adapter: RequestAdapter): void {
    void this.handle(message, response, adapter)
  }

  private async handle(
    message: IncomingMessage,
    response: ServerResponse,
    adapter: RequestAdapter,
  ): Promise<void> {
    try {
      if (!isKeyed(message.method)) {
        await adapter.proceed(undefined)
        return
      }
      const entry = await enterRequest(this.context, {
        request: keyedMessage(message, adapter.route?.()),
        readBody: (bytesMax) => holdBody(message, bytesMax),
        isGone: () => response.destroyed,
      })
      if (entry.kind === 'answer') writeKeptAnswer(response, entry.answer)
      else if (entry.kind === 'run') await this.run(message, response, adapter, entry.run)
      else if (entry.kind === 'pass') await adapter.proceed(undefined)
    } catch (error) {
      this.context.report(error, 'handle')
      fail(response)
    }
  }

  private async run(
    message: IncomingMessage,
    response: ServerResponse,
    adapter: RequestAdapter,
    run: ClaimedRun,
  ): Promise<void> {
    let isAtWork = true
    let isGivenUp = false
    const captured = new CapturedResponse(response, this.context.answerBytesMax, {
      complete: (answer) => run.complete(answer),
      onGivenUp: () => {
        isGivenUp = true
        if (!isAtWork) void run.abandon()
      },
      onFailure: (error) => {
        this.context.report(error, 'handle')
        response.destroy()
      },
    })
    setIdempotentRequest(message, run)
    let tellsItsEnd = true
    try {
      const work = adapter.proceed(undefined)
      tellsItsEnd = isPromise(work)
      await work
    } catch (error) {
      this.context.report(error, 'handle')
      fail(response)
    }
    isAtWork = false
    if (captured.hasEnded) return
    // One that has stopped for want of a caller will not answer any more; one that tells no end, such as that of Express, still may.
    if (isGivenUp || (tellsItsEnd && response.destroyed)) await run.abandon()
  }
}

function isPromise(work: unknown): boolean {
  return typeof (work as { then?: unknown } | null | undefined)?.then === 'function'
}

function fail(response: ServerResponse): void {
  if (response.writableEnded) return
  // Half an answer must not look like a whole one.
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, headers, body } = problemAnswer(500, {
    code: 'WT_HANDLER_FAILED',
    detail: 'something went wrong here; the log says what',
  })
  for (const name of response.getHeaderNames()) if (name.startsWith('content-')) response.removeHeader(name)
  response.writeHead(status, headers)
  response.end(body)
}
