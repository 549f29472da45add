import { ExpiryEntry, systemClock } from '@watertight/policy/decisions'
import type { Caller } from '../exchange/caller.js'
import { Exchange } from '../exchange/exchange.js'
import { speaksGrpc } from '../exchange/grpc-answer.js'
import { errorCodes } from '../frames/frame-types.js'
import { HEAD, type RequestHead, type RequestReader } from '../http1/index.js'
import type { ConnectionContext } from '../listener/connection-context.js'
import { recordRefusal } from '../listener/record-refusal.js'
import type { RequestText } from './request-text.js'
import { RequestTaker } from './request-taker.js'
import { StreamBody } from './stream-body.js'
import { type FrameSink, StreamOutput } from './stream-output.js'

/** With so much unwritten, the endpoint is asked to wait. */
const UNWRITTEN_BYTES_MAX = 65_536
/** More of a body than this is not kept back until the turn ends. */
const GATHERED_BYTES_MAX = 16_384

/** Of the connection that a stream belongs to. */
export interface CallerOrigin {
  readonly address: string
  readonly isTrusted: boolean
  readonly isSecure: boolean
  readonly refusal: string | undefined
}

/** The connection that carries a stream. */
export interface StreamCarrier extends FrameSink {
  readonly context: ConnectionContext
  readonly origin: CallerOrigin
  /** A block of headers: that of an answer begins with its status. */
  block(status: number | undefined, lines: string): string
  /** Its answer is to be flushed at the end of the turn. */
  due(stream: Http2Caller): void
  /** Whether it waits for a window, or for the connection to take more. */
  blocked(stream: Http2Caller, isBlocked: boolean): void
  /** More of a body may come. */
  widen(stream: number, bytes: number): void
  reset(stream: number, code: number): void
  /** Nothing more is read or written of it. */
  over(stream: Http2Caller): void
}

/** One request of HTTP/2, from the opening of its stream to the end of its answer. */
export class Http2Caller extends ExpiryEntry implements Caller {
  readonly id: number
  readonly address: string
  readonly isTrusted: boolean
  readonly isSecure: boolean
  readonly refusal: string | undefined
  readonly reader: RequestReader
  readonly input: StreamBody
  readonly output: StreamOutput
  /** Its answer is to be flushed when the turn ends. */
  isDue: boolean = false
  private readonly carrier: StreamCarrier
  private readonly taker: RequestTaker
  private exchange: Exchange | undefined = undefined
  /** Its answer waits for a window. */
  private isBlocked: boolean = false
  private hasAnswered: boolean = false
  private isOver: boolean = false

  constructor(id: number, carrier: StreamCarrier, reader: RequestReader, window: number) {
    super()
    const { address, isTrusted, isSecure, refusal } = carrier.origin
    this.id = id
    this.address = address
    this.isTrusted = isTrusted
    this.isSecure = isSecure
    this.refusal = refusal
    this.carrier = carrier
    this.reader = reader
    this.taker = new RequestTaker(carrier.context.http1, (bytes) => carrier.widen(id, bytes))
    this.input = new StreamBody(this.taker)
    this.output = new StreamOutput(id, carrier, window)
  }

  get request(): RequestHead {
    return this.reader.head
  }

  get isFull(): boolean {
    return this.output.unsent > UNWRITTEN_BYTES_MAX
  }

  // What the connection tells.

  /** Begins what this head asks for. */
  begin(head: RequestText, isEnded: boolean): void {
    const { reader } = this
    this.input.isEnded = isEnded
    const text = head.text(isEnded)
    if (head.isTooLarge) return this.refuse(431, 'the head is larger than the limit')
    if (text === undefined) return this.refuse(400, 'the head is malformed')
    reader.feed(Buffer.from(text, 'latin1'))
    if (reader.next() !== HEAD) return this.refuse(reader.refusal.status, reader.refusal.reason)
    const exchange = new Exchange(this, this.carrier.context.proxy)
    this.exchange = exchange
    this.taker.exchange = exchange
    this.input.begin(reader.head.bodyLength, isEnded)
    exchange.start()
    this.awaitCaller()
  }

  /** Its part of the request has come, all or some. */
  inputCame(): void {
    if (this.output.isSent && this.input.isEnded) this.close()
    else this.awaitCaller()
  }

  /** The stream has ended from the other side, or with its connection. */
  gone(): void {
    const { exchange } = this
    this.exchange = undefined
    this.close()
    exchange?.callerGone()
  }

  /** Ends it from here. */
  abort(code: number): void {
    if (this.isOver) return
    this.carrier.reset(this.id, code)
    this.gone()
  }

  /** Hands over what may be written. */
  flush(): void {
    this.isDue = false
    if (this.isOver) return
    const { output, carrier, isBlocked } = this
    const { unsent } = output
    output.flush()
    if (output.isSent) return this.answered()
    this.isBlocked = output.unsent > 0
    if (isBlocked || this.isBlocked) carrier.blocked(this, this.isBlocked)
    // Whoever reads has his time anew.
    if (isBlocked !== this.isBlocked || output.unsent < unsent) this.awaitCaller()
    if (!this.isFull) this.exchange?.drained()
  }

  // What the exchange asks for.

  continue(): void {
    this.inform(100, '')
  }

  inform(status: number, lines: string): void {
    if (!this.hasAnswered && !this.isOver) this.output.inform(this.carrier.block(status, lines))
  }

  respond(status: number, lines: string, bodyLength: number): void {
    if (this.isOver) return
    this.hasAnswered = true
    this.output.begin(this.carrier.block(status, lines), bodyLength === 0)
    this.awaitCaller()
    this.carrier.due(this)
  }

  /** Nobody can have asked for it: HTTP/2 has no `Upgrade`. */
  switchProtocol(): void {
    this.cut()
  }

  data(bytes: Buffer, start: number, end: number): void {
    if (this.isOver || end === start) return
    this.output.add(bytes.toString('latin1', start, end))
    if (this.output.unsent > GATHERED_BYTES_MAX && !this.isBlocked) this.flush()
    else this.carrier.due(this)
  }

  finish(trailers: string): void {
    this.exchange = undefined
    if (this.isOver) return
    this.output.finish(trailers === '' ? '' : this.carrier.block(undefined, trailers))
    this.carrier.due(this)
  }

  cut(): void {
    this.exchange = undefined
    if (this.isOver) return
    this.output.flush()
    this.abort(errorCodes.internalError)
  }

  pauseBody(): void {
    this.input.pause()
    this.awaitCaller()
  }

  resumeBody(): void {
    this.input.resume()
    this.awaitCaller()
  }

  /** It neither sends nor reads; or it has had the time to read its answer. */
  override expire(): void {
    this.abort(this.output.isSent ? errorCodes.noError : errorCodes.cancel)
  }

  /** Answers what never came to be a request. It ends alone (RFC 9113, section 8.1.1). */
  private refuse(status: number, reason: string): void {
    const { carrier } = this
    recordRefusal(carrier.context.proxy, this.address, { status, reason, bytes: 0 })
    this.respond(status, '', 0)
  }

  /**
   * What is left of a request that is answered already is not read, and its caller is told to stop a moment later: some
   * clients that get the answer and the reset at once take the request for one that was never answered.
   */
  private answered(): void {
    this.input.drop()
    this.unlink()
    if (this.isBlocked) this.carrier.blocked(this, false)
    if (this.input.isEnded) this.close()
    else this.carrier.context.queues.reset.add(this, systemClock.now())
  }

  /**
   * Begins the wait for whoever is to act, if that is the caller: it has to read, or to send. One that has an answer, or
   * speaks gRPC, may leave its stream open for as long as it likes.
   */
  private awaitCaller(): void {
    if (this.isOver || this.output.isSent) return
    this.unlink()
    const sends = !this.input.isEnded && !this.input.isPaused && !this.hasAnswered
    if (this.isBlocked || (sends && !speaksGrpc(this.request)))
      this.carrier.context.queues.reading.add(this, systemClock.now())
  }

  private close(): void {
    if (this.isOver) return
    this.isOver = true
    this.unlink()
    this.input.drop()
    if (this.isBlocked) this.carrier.blocked(this, false)
    this.carrier.over(this)
  }
}
