import { type ClientHttp2Stream, constants } from 'node:http2'
import type { FailureClass } from '@watertight/traffic'
import {
  CHUNKED,
  HEAD,
  type HeaderNames,
  type Http1Limits,
  readHeaderBlock,
  ResponseReader,
} from '../http1/index.js'
import type { OutgoingHead, UpstreamListener, UpstreamStream } from '../upstream/upstream-stream.js'
import { answerText, headerLines, headerObject } from './header-lines.js'

/** The session that a stream is opened on. */
export interface StreamOwner {
  readonly names: HeaderNames
  readonly limits: Http1Limits
  readonly scheme: string
  /** Undefined when the session takes no more. */
  open(headers: Record<string, string | string[]>, endStream: boolean): ClientHttp2Stream | undefined
  /** It is under way from now on. */
  began(stream: Http2Stream): void
  /** It has ended, one way or the other. */
  ended(stream: Http2Stream): void
  /** Given up before there was an answer: the session may be dead. */
  suspect(): void
}

/** One request to an endpoint over HTTP/2. */
export class Http2Stream implements UpstreamStream {
  private readonly owner: StreamOwner
  private readonly reader: ResponseReader
  private listener: UpstreamListener | undefined
  private stream: ClientHttp2Stream | undefined = undefined
  private trailers: string = ''
  private answerTrailers: string = ''
  private hasAnswered: boolean = false
  /** Bytes of the body of the answer. */
  private received: number = 0
  private isOver: boolean = false

  constructor(owner: StreamOwner, listener: UpstreamListener) {
    this.owner = owner
    this.listener = listener
    this.reader = new ResponseReader(owner.names, owner.limits)
    owner.began(this)
    listener.granted(this)
  }

  send({ method, target, lines, bodyLength }: OutgoingHead, body: string | undefined): void {
    this.reader.expect(method, false)
    const {
      host,
      'transfer-encoding': _chunked,
      connection: _connection,
      upgrade: _upgrade,
      ...headers
    } = headerObject(lines)
    const stream = this.owner.open(
      {
        ...headers,
        ':method': method,
        ':path': target,
        ':scheme': this.owner.scheme,
        ':authority': String(host ?? ''),
      },
      bodyLength === 0,
    )
    if (stream === undefined) return this.fail('refused-stream', 'the connection takes no more requests')
    this.stream = stream
    this.listen(stream, method)
    if (body !== undefined) stream.end(Buffer.from(body, 'latin1'))
    else if (bodyLength === CHUNKED)
      stream.on('wantTrailers', () => stream.sendTrailers(headerObject(this.trailers)))
  }

  write(bytes: Buffer): boolean {
    return this.stream?.write(bytes) ?? true
  }

  finish(trailers: string): void {
    this.trailers = trailers
    this.stream?.end()
  }

  pause(): void {
    this.stream?.pause()
  }

  resume(): void {
    this.stream?.resume()
  }

  abort(): void {
    this.listener = undefined
    if (!this.hasAnswered && !this.isOver) this.owner.suspect()
    this.stream?.close(constants.NGHTTP2_CANCEL)
    this.end()
  }

  private listen(stream: ClientHttp2Stream, method: string): void {
    stream.on('headers', (_headers: object, _flags: number, raw: string[]) => this.informed(raw))
    stream.on('response', (_headers: object, flags: number, raw: string[]) =>
      this.answered(method, raw, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0),
    )
    stream.on('data', (chunk: Buffer) => {
      this.received += chunk.length
      this.listener?.data(chunk, 0, chunk.length)
      this.listener?.readEnded()
    })
    stream.on('trailers', (_headers: object, _flags: number, raw: string[]) => {
      this.answerTrailers = headerLines(raw)
    })
    stream.on('end', () => this.answerEnded())
    stream.on('drain', () => this.listener?.drained())
    stream.on('error', () => undefined)
    stream.on('close', () => this.closed(stream.rstCode))
  }

  private informed(raw: readonly string[]): void {
    const reader = new ResponseReader(this.owner.names, this.owner.limits)
    reader.feed(Buffer.from(answerText(raw, false), 'latin1'))
    if (reader.next() === HEAD) this.listener?.informed(reader.head)
  }

  private answered(method: string, raw: readonly string[], isEnded: boolean): void {
    const { reader } = this
    reader.feed(Buffer.from(answerText(raw, isEnded && method !== 'HEAD'), 'latin1'))
    if (reader.next() !== HEAD) {
      this.fail('protocol-error', reader.refusal.reason)
      this.stream?.close(constants.NGHTTP2_PROTOCOL_ERROR)
      return
    }
    this.hasAnswered = true
    this.listener?.answered(reader.head)
    // Parts that have come together with the head are written together with it.
    if (!isEnded) setImmediate(() => this.listener?.readEnded())
  }

  private answerEnded(): void {
    const { listener, stream, owner } = this
    // An answer that was reset ends too, and is not whole: not even one that was reset without an error.
    if (listener === undefined || !this.hasAnswered || (stream?.rstCode ?? 0) !== 0) return
    const { bodyLength } = this.reader.head
    if (stream?.aborted === true || (bodyLength >= 0 && this.received !== bodyLength))
      return this.fail('reset', 'the stream was reset before its answer had ended')
    const block = readHeaderBlock(this.answerTrailers, owner.names, owner.limits)
    if (block === undefined) return this.fail('protocol-error', 'the trailers are malformed')
    this.listener = undefined
    this.end()
    listener.ended(block.count === 0 ? undefined : block)
    listener.readEnded()
  }

  private closed(code: number): void {
    const failure: FailureClass = code === constants.NGHTTP2_REFUSED_STREAM ? 'refused-stream' : 'reset'
    this.fail(failure, `the stream was reset with code ${code}`)
  }

  private fail(failure: FailureClass, detail: string): void {
    const { listener } = this
    this.listener = undefined
    this.end()
    listener?.failed(failure, detail, false)
  }

  private end(): void {
    if (this.isOver) return
    this.isOver = true
    this.owner.ended(this)
  }
}
