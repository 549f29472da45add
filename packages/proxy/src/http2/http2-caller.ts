import { constants, type ServerHttp2Stream } from 'node:http2'
import { ExpiryEntry, systemClock } from '@watertight/policy/decisions'
import type { Caller } from '../exchange/caller.js'
import { Exchange } from '../exchange/exchange.js'
import { proxyHeaderNames } from '../exchange/proxy-headers.js'
import { HEAD, readHeaderBlock, type RequestHead, RequestReader } from '../http1/index.js'
import type { ConnectionContext } from '../listener/connection-context.js'
import { headerLines, headerObject, headText } from './head-text.js'
import { StreamAnswer } from './stream-answer.js'

/** With so much unwritten, the endpoint is asked to wait. */
const UNWRITTEN_BYTES_MAX = 65_536

/** Of the connection that a stream belongs to. */
export interface CallerOrigin {
  readonly address: string
  readonly isTrusted: boolean
  readonly isSecure: boolean
  readonly refusal: string | undefined
}

/** One request of HTTP/2, from the opening of its stream to the end of its answer. */
export class Http2Caller extends ExpiryEntry implements Caller {
  readonly address: string
  readonly isTrusted: boolean
  readonly isSecure: boolean
  readonly refusal: string | undefined
  private readonly stream: ServerHttp2Stream
  private readonly context: ConnectionContext
  private readonly reader: RequestReader
  private exchange: Exchange | undefined = undefined
  private readonly answer: StreamAnswer
  private isRequestEnded: boolean = false
  private isAnswered: boolean = false

  constructor(stream: ServerHttp2Stream, context: ConnectionContext, origin: CallerOrigin) {
    super()
    this.stream = stream
    this.context = context
    this.address = origin.address
    this.isTrusted = origin.isTrusted
    this.isSecure = origin.isSecure
    this.refusal = origin.refusal
    this.reader = new RequestReader(proxyHeaderNames, context.http1)
    this.answer = new StreamAnswer(stream, () => this.answered())
    stream.on('error', () => undefined)
  }

  get request(): RequestHead {
    return this.reader.head
  }

  get isFull(): boolean {
    return this.stream.writableLength > UNWRITTEN_BYTES_MAX
  }

  /** Reads the head, names and values in turn, and begins what it asks for. */
  begin(rawHeaders: readonly string[], isEnded: boolean): void {
    const { reader, stream } = this
    const text = headText(rawHeaders, isEnded)
    if (text !== undefined) reader.feed(Buffer.from(text, 'latin1'))
    if (text === undefined) return this.malformed(400)
    if (reader.next() !== HEAD) return this.malformed(reader.refusal.status)
    const exchange = new Exchange(this, this.context.proxy)
    this.exchange = exchange
    stream.on('close', () => this.gone())
    stream.on('drain', () => this.drained())
    if (isEnded) this.endBody(exchange)
    else this.readBody(exchange)
    exchange.start()
  }

  continue(): void {
    this.inform(100, '')
  }

  inform(status: number, lines: string): void {
    if (!this.stream.headersSent) this.stream.additionalHeaders({ ':status': status, ...headerObject(lines) })
  }

  respond(status: number, lines: string, bodyLength: number): void {
    if (!this.stream.destroyed) this.answer.head(status, lines, bodyLength === 0)
  }

  /** Nobody can have asked for it: HTTP/2 has no `Upgrade`. */
  switchProtocol(): void {
    this.cut()
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.answer.data(bytes, start, end)
    if (this.isFull) this.watch()
  }

  finish(trailers: string): void {
    this.exchange = undefined
    this.unlink()
    this.answer.finish(trailers)
  }

  cut(): void {
    this.exchange = undefined
    this.unlink()
    this.answer.writeNow()
    this.stream.close(constants.NGHTTP2_INTERNAL_ERROR)
  }

  pauseBody(): void {
    this.stream.pause()
    this.unlink()
  }

  resumeBody(): void {
    if (this.isAnswered) return
    this.stream.resume()
  }

  /** It neither sends nor reads; or it has had the time to read its answer. */
  override expire(): void {
    this.stream.close(this.isAnswered ? constants.NGHTTP2_NO_ERROR : constants.NGHTTP2_CANCEL)
  }

  /**
   * What is left of a request that is answered already is not read, and its caller is told to stop a moment later: some
   * clients that get the answer and the reset at once take the request for one that was never answered.
   */
  private answered(): void {
    this.isAnswered = true
    if (this.isRequestEnded) return
    this.stream.pause()
    this.unlink()
    this.context.queues.reset.add(this, systemClock.now())
  }

  /**
   * There is no body. The stream is read to its end all the same, for it would not close otherwise: once its answer is
   * written, since the platform makes an error, with its stack, for each stream that closes while a write is under way.
   */
  private endBody(exchange: Exchange): void {
    const { stream } = this
    this.isRequestEnded = true
    stream.pause()
    stream.once('finish', () => stream.resume())
    exchange.bodyEnded(undefined)
  }

  private readBody(exchange: Exchange): void {
    const { stream } = this
    this.watch()
    stream.on('data', (chunk: Buffer) => {
      this.watch()
      exchange.bodyData(chunk)
    })
    let trailers = ''
    stream.on('trailers', (_headers: object, _flags: number, raw: string[]) => {
      trailers = headerLines(raw)
    })
    stream.on('end', () => {
      this.unlink()
      if (stream.aborted) return
      this.isRequestEnded = true
      const block = readHeaderBlock(trailers, proxyHeaderNames, this.context.http1)
      if (block === undefined) this.cut()
      else exchange.bodyEnded(block.count === 0 ? undefined : block)
    })
  }

  private watch(): void {
    this.unlink()
    this.context.queues.reading.add(this, systemClock.now())
  }

  private drained(): void {
    if (this.isFull) return
    this.unlink()
    this.exchange?.drained()
  }

  private gone(): void {
    const { exchange } = this
    this.unlink()
    this.exchange = undefined
    exchange?.callerGone()
  }

  /** A stream that is malformed ends alone (RFC 9113, section 8.1.1). */
  private malformed(status: number): void {
    this.stream.respond({ ':status': status }, { endStream: true })
    this.stream.close(constants.NGHTTP2_NO_ERROR)
  }
}
