import type { FallbackSettings } from '@watertight/traffic'
import type { OutgoingRequest } from '../request/outgoing-request.js'

/** A request that could not be answered, for a queue that does it later. */
export interface QueuedRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Headers
  /** The whole body, when it was in memory; a stream that was sent is gone. */
  readonly body: string | Uint8Array | undefined
}

/**
 * What the caller gets when the destination cannot answer: no answer, a refusal, a time limit, a status >= 500 or 429.
 * The first kind that has one answers: the last good response, the queue, the fixed answer.
 */
export interface FallbackRules extends Omit<FallbackSettings, 'queue'> {
  /**
   * Keeps the request for later; answered with 202 once it has resolved, for which it has 5 s. If it throws, the call
   * fails with that.
   */
  readonly onQueue?: ((request: QueuedRequest, error: unknown) => void | PromiseLike<void>) | undefined
}

export function queuedRequest(request: OutgoingRequest): QueuedRequest {
  const headers = new Headers()
  for (let index = 0; index < request.headers.length; index += 2) {
    headers.append(request.headers[index]!, request.headers[index + 1]!)
  }
  return { method: request.method, path: request.path, headers, body: request.body?.whole }
}
