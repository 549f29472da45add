import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../runtime/clock.js'
import { BodyTooLargeError } from './errors.js'
import { LingeringClose } from './lingering-close.js'
import { header } from './request-id-of.js'

/** So much of what comes after the limit is read and dropped before there is an answer; whoever sends more waits for it. */
const SPILL_BYTES_MAX = 1024 * 1024

/** Closes the connection after the answer, where the rest of a body of the length said is too much to read off. */
export function closeAfterTooMuch(response: ServerResponse, bytesMax: number, clock: Clock): void {
  const { req } = response
  if (Number(header(req, 'content-length')) <= bytesMax + SPILL_BYTES_MAX) return
  const closing = new LingeringClose(response, clock)
  req.once('end', () => closing.requestEnded())
}

/** Whether the request says itself that its body is longer than allowed. */
export function declaresTooMuch(message: IncomingMessage, bytesMax: number): boolean {
  const length = header(message, 'content-length')
  return length !== undefined && Number(length) > bytesMax
}

/**
 * Cuts off a chunked body, whose length nobody knows before it has come, at `bytesMax`. Whoever reads it, now or later,
 * gets a `BodyTooLargeError`; nobody gets a body that ends too early.
 *
 * It counts in `push`, through which the parser delivers: a listener would set the stream flowing before its reader is
 * there.
 */
export function limitChunkedBody(response: ServerResponse, bytesMax: number, clock: Clock): void {
  const message: IncomingMessage = response.req
  const push = message.push.bind(message)
  let bytes = 0
  let closing: LingeringClose | undefined
  message.push = (chunk: Buffer | null, encoding?: BufferEncoding): boolean => {
    bytes += chunk?.length ?? 0
    if (bytes <= bytesMax) return push(chunk, encoding)
    if (closing === undefined) {
      closing = new LingeringClose(response, clock)
      fail(message, new BodyTooLargeError(bytesMax))
    }
    if (chunk === null) closing.requestEnded()
    if (closing.isAnswered || bytes <= bytesMax + SPILL_BYTES_MAX) return true
    closing.wait()
    return false
  }
}

/** Ends the stream with an error, but not the connection below it, on which the answer still has to go out. */
function fail(message: IncomingMessage, error: BodyTooLargeError): void {
  // oxlint-disable-next-line no-underscore-dangle -- the documented hook of a stream for how it is destroyed
  message._destroy = (reason, callback) => callback(reason)
  message.on('error', () => undefined)
  // Express waits for the end of the body before it answers an error, so as to read off the rest.
  message.once('close', () => message.emit('end'))
  message.destroy(error)
}
