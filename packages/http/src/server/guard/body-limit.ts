import type { IncomingMessage } from 'node:http'
import { BodyTooLargeError } from './errors.js'
import { header } from './request-id-of.js'

/**
 * What comes after the limit is read and dropped, up to so much: closing a connection on which bytes are still coming
 * resets it, and the sender might never see the answer.
 */
const SPILL_BYTES_MAX = 1024 * 1024

/** Whether the rest of a body of that length is too much to read off. */
export function mustCloseAfter(message: IncomingMessage, bytesMax: number): boolean {
  return Number(header(message, 'content-length')) > bytesMax + SPILL_BYTES_MAX
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
export function limitChunkedBody(message: IncomingMessage, bytesMax: number): void {
  const push = message.push.bind(message)
  let bytes = 0
  let isOver = false
  message.push = (chunk: Buffer | null, encoding?: BufferEncoding): boolean => {
    bytes += chunk?.length ?? 0
    if (bytes <= bytesMax) return push(chunk, encoding)
    if (bytes > bytesMax + SPILL_BYTES_MAX) message.socket.destroy()
    else if (!isOver) fail(message, new BodyTooLargeError(bytesMax))
    isOver = true
    return true
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
