import type { ClientHttp2Stream } from 'node:http2'
import { RequestError } from '../../failure/request-error.js'
import type { ByteStream } from '../../request/request-body.js'

/**
 * Sends a streamed body as fast as the callee takes it: no chunk is asked for while the one before waits for the window
 * of the stream. Ends early, and lets go of the body, when the stream has ended.
 *
 * @throws whatever the body throws
 * @throws {RequestError} when it has another length than was announced
 */
export async function sendBody(
  stream: ClientHttp2Stream,
  body: ByteStream,
  announced: number | undefined,
): Promise<void> {
  let sent = 0
  for await (const chunk of body) {
    if (isOver(stream)) return
    sent += Buffer.byteLength(chunk)
    if (announced !== undefined && sent > announced) break
    if (!stream.write(chunk)) await drained(stream)
    if (isOver(stream)) return
  }
  if (announced !== undefined && sent !== announced)
    throw new RequestError(
      `cannot send request: content-length must be that of the body, ${sent > announced ? 'more' : sent}, got ${announced}`,
    )
  stream.end()
}

function isOver(stream: ClientHttp2Stream): boolean {
  return stream.closed || stream.destroyed
}

function drained(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stream.off('drain', done)
      stream.off('close', done)
      resolve()
    }
    stream.on('drain', done)
    stream.on('close', done)
  })
}
