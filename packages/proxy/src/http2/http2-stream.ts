import type { FailureClass } from '@watertight/traffic'
import { errorCodes } from '../frames/frame-types.js'
import {
  HEAD,
  type HeaderNames,
  type Http1Limits,
  readHeaderBlock,
  type ResponseReader,
  type ResponseHead,
} from '../http1/index.js'
import { streamReset } from '../upstream/attempt-failure.js'
import {
  type OutgoingHead,
  RESENDS_OF_STALE,
  type UpstreamListener,
  type UpstreamStream,
} from '../upstream/upstream-stream.js'
import type { AnswerText } from './answer-text.js'
import { requestBlock } from './request-block.js'
import { type BodyTaker, StreamBody } from './stream-body.js'
import { type FrameSink, StreamOutput } from './stream-output.js'
import type { WritingStream } from './writing-turns.js'

/** With so much unwritten, the caller is asked to wait. */
const UNWRITTEN_BYTES_MAX = 65_536
/** More of a body than this is not kept back until the turn ends. */
const GATHERED_BYTES_MAX = 16_384

/** The connection that carries a request. */
export interface RequestCarrier extends FrameSink {
  readonly names: HeaderNames
  readonly limits: Http1Limits
  readonly scheme: string
  /** What the blocks of this turn begin with. */
  readonly opening: string
  /** A block of headers for lines behind a body. */
  trailerBlock(lines: string): string
  /** It is to be flushed at the end of the turn. */
  due(stream: Http2Stream): void
  blocked(stream: Http2Stream, isBlocked: boolean): void
  widen(stream: number, bytes: number): void
  reset(stream: number, code: number): void
  /** Something has been told of it, which may have come to more by the end of what has been read. */
  told(stream: Http2Stream): void
  /** Given up before there was an answer: the connection may be dead. */
  suspect(): void
  /** Nothing more is read or written of it. */
  over(stream: Http2Stream): void
}

/** One request to an endpoint over HTTP/2. */
export class Http2Stream implements UpstreamStream, WritingStream, BodyTaker {
  readonly id: number
  readonly output: StreamOutput
  readonly reader: ResponseReader
  isDue: boolean = false
  hasAnswered: boolean = false
  private readonly carrier: RequestCarrier
  private readonly input: StreamBody
  private listener: UpstreamListener | undefined
  private isToHead: boolean = false
  /** Its head has been handed over. */
  private isBegun: boolean = false
  private isBlocked: boolean = false
  /** Whoever sends the body waits until there is room. */
  private isAwaited: boolean = false
  private isTold: boolean = false
  private isOver: boolean = false

  constructor(
    id: number,
    carrier: RequestCarrier,
    reader: ResponseReader,
    window: number,
    listener: UpstreamListener,
  ) {
    this.id = id
    this.carrier = carrier
    this.reader = reader
    this.listener = listener
    this.input = new StreamBody(this)
    this.output = new StreamOutput(id, carrier, window)
  }

  // What the request asks for.

  send(head: OutgoingHead, body: string | undefined): void {
    const { output, carrier, reader } = this
    this.isToHead = head.method === 'HEAD'
    reader.expect(head.method, false)
    output.begin(carrier.opening + requestBlock(head, carrier.scheme), head.bodyLength === 0)
    if (body !== undefined) {
      output.add(body)
      output.finish('')
    }
    carrier.due(this)
  }

  write(bytes: Buffer): boolean {
    const { output, carrier } = this
    output.add(bytes.toString('latin1'))
    // Heads go out in their order: one that waits for the end of the turn has others before it.
    if (this.isBegun && !this.isBlocked && output.unsent > GATHERED_BYTES_MAX) this.flush()
    else carrier.due(this)
    this.isAwaited = this.isFull
    return !this.isAwaited
  }

  finish(trailers: string): void {
    this.output.finish(trailers === '' ? '' : this.carrier.trailerBlock(trailers))
    this.carrier.due(this)
  }

  pause(): void {
    this.input.pause()
  }

  resume(): void {
    this.input.resume()
  }

  abort(): void {
    if (this.isOver) return
    this.listener = undefined
    if (!this.hasAnswered) this.carrier.suspect()
    this.end(errorCodes.cancel)
  }

  // What the connection tells.

  /** Hands over what may be written. */
  flush(): void {
    this.isDue = false
    if (this.isOver) return
    const { output, carrier } = this
    this.isBegun = true
    output.flush()
    const isBlocked = output.unsent > 0
    if (isBlocked || this.isBlocked) carrier.blocked(this, isBlocked)
    this.isBlocked = isBlocked
    if (!this.isAwaited || this.isFull) return
    this.isAwaited = false
    this.listener?.drained()
  }

  /** A head has come: that of the answer, or one before it. */
  headCame(head: AnswerText, isEnded: boolean): void {
    const { reader } = this
    const text = head.text(isEnded && !this.isToHead)
    if (text === undefined) return this.break('the head of the answer is malformed')
    if (head.isInformational && isEnded) return this.break('a head before the answer ends the stream')
    reader.feed(Buffer.from(text, 'latin1'))
    if (reader.next() !== HEAD) return this.break(reader.refusal.reason)
    if (isEnded && reader.head.bodyLength > 0) return this.break('the answer ends before its body')
    if (reader.head.informational) this.informed(reader.head)
    else this.answered(reader.head, isEnded)
  }

  data(bytes: Buffer): void {
    this.listener?.data(bytes, 0, bytes.length)
  }

  /** Part of the body has come. */
  dataCame(bytes: Buffer, flowBytes: number, isEnded: boolean): void {
    if (!this.hasAnswered) return this.break('the body came before its head')
    this.told()
    this.judge(this.input.data(bytes, flowBytes, isEnded))
  }

  /** The lines behind the body have come, undefined for what are none. */
  trailersCame(lines: string | undefined, isEnded: boolean): void {
    this.judge(this.input.trailed(lines, isEnded))
  }

  /** All that was read at once has been told. */
  readEnded(): void {
    this.isTold = false
    this.listener?.readEnded()
  }

  /** The other side has reset it. */
  aborted(code: number): void {
    if (this.isWhole) return
    const failure: FailureClass = code === errorCodes.refusedStream ? 'refused-stream' : 'reset'
    this.fail(failure, streamReset(code))
  }

  /** Its connection has gone. */
  gone(detail: string): void {
    if (this.isWhole) return
    if (this.isBegun) this.fail('reset', detail)
    else this.fail('reset-before-request', detail, RESENDS_OF_STALE)
  }

  /**
   * All of the answer has come, and waits for its caller. Whatever befalls stream and connection then says no more than that
   * nothing more of the request is wanted (RFC 9113, section 8.1).
   */
  get isWhole(): boolean {
    return this.input.isEnded
  }

  /** There will be no answer. It may be sent so often by other connections, where nobody can have looked at it. */
  fail(failure: FailureClass, detail: string, resendsMax: number = 0): void {
    const { listener } = this
    this.listener = undefined
    this.end(undefined)
    listener?.failed(failure, detail, resendsMax)
  }

  // What its input asks for.

  bodyEnded(trailers: string): void {
    const { listener, carrier } = this
    const block = trailers === '' ? undefined : readHeaderBlock(trailers, carrier.names, carrier.limits)
    if (trailers !== '' && block === undefined) return this.break('the trailers are malformed')
    this.listener = undefined
    // What is left of the request is not wanted.
    this.end(errorCodes.noError)
    listener?.ended(block)
    listener?.readEnded()
  }

  wrongLength(): void {
    this.break('the answer is not as long as its content-length says')
  }

  widen(bytes: number): void {
    this.carrier.widen(this.id, bytes)
  }

  private get isFull(): boolean {
    return this.output.unsent > UNWRITTEN_BYTES_MAX
  }

  private informed(head: ResponseHead): void {
    // To its end, before whoever hears of it can give the stream up.
    this.reader.next()
    this.listener?.informed(head)
  }

  private answered(head: ResponseHead, isEnded: boolean): void {
    const { bodyLength } = head
    this.hasAnswered = true
    this.told()
    this.listener?.answered(head)
    if (!this.isOver) this.input.begin(bodyLength, isEnded)
  }

  /** What has been read may come to more than this. */
  private told(): void {
    if (this.isTold) return
    this.isTold = true
    this.carrier.told(this)
  }

  private judge(code: number): void {
    if (code !== errorCodes.noError) this.break(`the answer breaks the rules of HTTP/2: code ${code}`)
  }

  /** What has come is no answer. */
  private break(detail: string): void {
    const { listener } = this
    this.listener = undefined
    this.end(errorCodes.protocolError)
    listener?.failed('protocol-error', detail, 0)
  }

  /** `code` is what the other side is told, if it can be under way there. */
  private end(code: number | undefined): void {
    if (this.isOver) return
    this.isOver = true
    this.input.drop()
    if (this.isBlocked) this.carrier.blocked(this, false)
    const isUnderWay = this.isBegun && !(this.output.isSent && this.input.isEnded)
    if (code !== undefined && isUnderWay) this.carrier.reset(this.id, code)
    this.carrier.over(this)
  }
}
