import type { UpstreamAttempt } from '../upstream/upstream-attempt.js'
import type { UpstreamStream } from '../upstream/upstream-stream.js'
import type { RequestBody } from './request-body.js'

/** Has an attempt send as much of the body as has come. Answers whether its connection has room for more. */
export function sendBody(attempt: UpstreamAttempt, stream: UpstreamStream, body: RequestBody): boolean {
  let hasRoom = true
  while (hasRoom && attempt.chunksSent < body.count) {
    hasRoom = stream.write(body.chunkAt(attempt.chunksSent))
    attempt.chunksSent += 1
  }
  body.letGo(attempt.chunksSent)
  if (!body.isEnded || attempt.chunksSent < body.count) return hasRoom
  attempt.isSent = true
  stream.finish(body.trailers)
  attempt.requestSent()
  return true
}
