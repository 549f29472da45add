import { type ClientHttp2Stream, constants } from 'node:http2'
import { RequestError } from '../../failure/request-error.js'
import { ProtocolError, RefusedStreamError } from '../../failure/transport-error.js'
import type { Connection, TransportListener, TransportRequest } from '../transport.js'
import { http2Failure } from './http2-failure.js'
import { http2Fields } from './http2-fields.js'
import type { Http2Session } from './http2-session.js'
import { sendBody } from './send-body.js'

/** One request and its answer: a stream of a session, which goes on whatever becomes of this one. */
export class Http2Exchange implements Connection {
  readonly #session: Http2Session
  #listener: TransportListener | undefined = undefined
  #stream: ClientHttp2Stream | undefined = undefined
  #hasPlace: boolean = true
  #isAnswered: boolean = false
  /** The callee has sent all that it had to: an end of the stream alone does not say so. */
  #isWhole: boolean = false
  #isOver: boolean = false
  #error: Error | undefined = undefined
  /** What the session had read when the request was sent. */
  #readBefore: number = 0

  /** @param session with a place that is kept for this exchange */
  constructor(session: Http2Session) {
    this.#session = session
  }

  dispatch(request: TransportRequest, listener: TransportListener): void {
    this.#listener = listener
    try {
      listener.onConnect(this.#abort)
      this.#begin(request)
    } catch (error) {
      this.#isOver = true
      listener.onError(error as Error)
    }
  }

  release(): void {
    if (this.#hasPlace) this.#session.leave()
    this.#hasPlace = false
  }

  discard(): void {
    this.release()
  }

  #begin(request: TransportRequest): void {
    const { body } = request
    const { scheme, host } = this.#session
    const fields = http2Fields(request, scheme, host)
    const stream = this.#open(fields, body === null)
    this.#stream = stream
    this.#readBefore = this.#session.bytesRead
    this.#watchEnd(stream)
    stream
      .on('response', this.#onResponse as (headers: object) => void)
      .on('data', this.#onData)
      .on('end', this.#onEnd)
      .on('error', this.#onError)
      .on('close', this.#onClose)
    if (body === null) return this.#listener!.onRequestSent()
    stream.once('finish', () => this.#listener!.onRequestSent())
    if (typeof body === 'string' || body instanceof Uint8Array) stream.end(body)
    else {
      const announced = fields['content-length']
      sendBody(stream, body, announced === undefined ? undefined : Number(announced)).catch(this.#fail)
    }
  }

  #open(fields: ReturnType<typeof http2Fields>, endStream: boolean): ClientHttp2Stream {
    try {
      return this.#session.request(fields, endStream)
    } catch (cause) {
      const { message, code = '' } = cause as NodeJS.ErrnoException
      if (!sessionCodes.has(code)) throw new RequestError(`cannot send request: ${message}`, cause)
      // It was left between the choice of the session and now.
      const detail = { endpoint: this.#session.endpoint, cause }
      throw new RefusedStreamError(`stream refused by ${detail.endpoint}`, detail)
    }
  }

  /**
   * Tells the end that the callee sends from the one that the platform makes of a reset without an error, or of a
   * connection that ended: to a reader both are the end of the stream.
   */
  #watchEnd(stream: ClientHttp2Stream): void {
    const push = stream.push.bind(stream)
    stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
      if (chunk === null && !stream.closed) this.#isWhole = true
      return push(chunk, encoding)
    }
  }

  readonly #onResponse = (
    headers: { ':status': number },
    _flags: number,
    rawHeaders: readonly string[],
  ): void => {
    if (this.#isOver) return
    this.#isAnswered = true
    const { endpoint, headerBytesMax } = this.#session
    if (bytesOf(rawHeaders) > headerBytesMax) {
      const reason = `no valid HTTP from ${endpoint}: a head of more than ${headerBytesMax} bytes`
      return this.#fail(new ProtocolError(reason, { endpoint }))
    }
    const status = headers[':status']
    // The first field is the status.
    if (!this.#listener!.onHeaders(status, rawHeaders.slice(2), this.#resume, '')) this.#stream!.pause()
  }

  readonly #onData = (chunk: Buffer): void => {
    if (!this.#isOver && !this.#listener!.onData(chunk)) this.#stream!.pause()
  }

  readonly #onEnd = (): void => {
    if (this.#isOver || !this.#isWhole || !this.#isAnswered) return
    this.#isOver = true
    // The rest of a request whose answer is complete is of no use to anybody.
    if (!this.#stream!.writableFinished) this.#stream!.close(constants.NGHTTP2_CANCEL)
    this.#listener!.onComplete()
  }

  readonly #onError = (error: Error): void => {
    this.#error ??= error
  }

  readonly #onClose = (): void => {
    if (this.#isOver) return
    this.#isOver = true
    const { id, rstCode: code } = this.#stream!
    const isUnseen = this.#session.hasNotSeen(id)
    if (code === constants.NGHTTP2_HTTP_1_1_REQUIRED) this.#session.speakHttp1()
    this.#listener!.onError(http2Failure({ code, isUnseen, cause: this.#error }, this.#session.endpoint))
  }

  readonly #fail = (error: Error): void => {
    if (this.#isOver) return
    this.#end()
    this.#listener!.onError(error)
  }

  readonly #resume = (): void => {
    this.#stream?.resume()
  }

  /** Nobody waits for the answer any more. */
  readonly #abort = (): void => {
    if (this.#isOver || this.#stream === undefined) return
    const isSilent = !this.#isAnswered && this.#session.bytesRead === this.#readBefore
    this.#end()
    if (isSilent) this.#session.probe()
  }

  #end(): void {
    this.#isOver = true
    this.#stream!.close(constants.NGHTTP2_CANCEL)
    // Nobody reads what has come, and a stream that is not read to its end would not leave.
    this.#stream!.destroy()
  }
}

/** What a head takes in memory (RFC 9113, section 6.5.2). */
function bytesOf(rawHeaders: readonly string[]): number {
  let bytes = rawHeaders.length * 16
  for (const part of rawHeaders) bytes += part.length
  return bytes
}

/** Why a session takes no stream. */
const sessionCodes: ReadonlySet<string> = new Set([
  'ERR_HTTP2_GOAWAY_SESSION',
  'ERR_HTTP2_INVALID_SESSION',
  'ERR_HTTP2_OUT_OF_STREAMS',
])
