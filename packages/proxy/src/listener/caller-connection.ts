import type { Socket } from 'node:net'
import { systemClock } from '@watertight/policy/decisions'
import type { Caller } from '../exchange/caller.js'
import { Exchange } from '../exchange/exchange.js'
import { localAnswers, malformedRequest } from '../exchange/local-answer.js'
import { proxyHeaderNames } from '../exchange/proxy-headers.js'
import {
  DATA,
  END,
  HEAD,
  type MessageRefusal,
  NEEDS_MORE,
  REFUSAL,
  type RequestHead,
  RequestReader,
} from '../http1/index.js'
import { ReadingPause } from '../sockets/reading-pause.js'
import { TurnWriter } from '../sockets/turn-writer.js'
import type { Admission } from '../tls/allowed-callers.js'
import { AnswerWriter } from './answer-writer.js'
import { closesAfter } from './closes-after.js'
import { type AwaitedPart, CallerWait } from './caller-wait.js'
import type { ConnectionContext, ListenedConnection } from './connection-context.js'
import { isHttp2Preface } from './is-http2-preface.js'
import { LingeringClose } from './lingering-close.js'
import { probeCaller } from './probe-caller.js'
import { refuseRequest } from './refuse-request.js'
import { releaseSocket } from './release-socket.js'

/** With so much unwritten, the endpoint is asked to wait. */
const UNWRITTEN_BYTES_MAX = 65_536
/** Requests that come while one is being answered are left in the socket beyond this. */
const AHEAD_BYTES_MAX = 65_536
/** So long a new connection has to bring its first request once the listener drains. */
const FIRST_REQUEST_MS = 1_000

/** One connection of HTTP/1.1 from a caller: its requests in their order, each answered before the next is begun. */
export class CallerConnection implements Caller, ListenedConnection {
  readonly address: string
  readonly isTrusted: boolean
  readonly isSecure: boolean
  readonly refusal: string | undefined
  private readonly socket: Socket
  private readonly context: ConnectionContext
  private readonly reader: RequestReader
  private readonly writer: TurnWriter
  private readonly answers: AnswerWriter
  private readonly wait: CallerWait
  private readonly reading: ReadingPause
  private readonly end: LingeringClose
  private exchange: Exchange | undefined = undefined
  private isRequestEnded: boolean = true
  /** The answer to the request under way has begun. */
  private hasAnswered: boolean = false
  private isReading: boolean = false
  private closes: boolean = false
  private isTunnel: boolean = false
  private inputHasEnded: boolean = false
  private requests: number = 0
  /** What came last before the first request was read. */
  private first: Buffer = NOTHING

  /** `admission` is what its certificate comes to; undefined for plain text. */
  constructor(socket: Socket, context: ConnectionContext, admission: Partial<Admission> | undefined) {
    this.socket = socket
    this.context = context
    this.isSecure = admission !== undefined
    this.refusal = admission?.refused
    this.address = socket.remoteAddress ?? ''
    this.isTrusted = context.isTrusted(this.address)
    this.reader = new RequestReader(proxyHeaderNames, context.http1)
    this.writer = new TurnWriter(socket)
    this.reading = new ReadingPause(socket)
    this.answers = new AnswerWriter(this.writer)
    socket.on('data', (chunk: Buffer) => this.read(chunk))
    socket.on('drain', () => this.drained())
    socket.on('end', () => this.inputEnded())
    socket.on('error', () => undefined)
    socket.on('close', () => this.gone())
    this.wait = new CallerWait(context.queues, socket, (part) => this.expired(part))
    this.end = new LingeringClose(socket, this.writer, this.wait)
    this.wait.begin('head')
  }

  get request(): RequestHead {
    return this.reader.head
  }

  get isFull(): boolean {
    return this.writer.unwritten > UNWRITTEN_BYTES_MAX
  }

  /** Nothing is under way on it. */
  get isIdle(): boolean {
    return this.exchange === undefined && !this.reader.isUnderWay
  }

  destroy(): void {
    this.socket.destroy()
  }

  /** A caller that has just connected is about to ask, and gets its answer. */
  drain(): void {
    if (!this.isIdle) return
    if (this.requests > 0) this.destroy()
    else systemClock.setTimer(FIRST_REQUEST_MS, () => this.isIdle && this.destroy())
  }

  // What the exchange asks for.

  continue(): void {
    this.answers.inform(100, '')
  }

  inform(status: number, lines: string): void {
    this.answers.inform(status, lines)
  }

  respond(status: number, lines: string, bodyLength: number): void {
    const { request, context } = this
    this.hasAnswered = true
    const isOld = request.minorVersion === 0
    this.closes =
      closesAfter(request, bodyLength) ||
      context.isDraining ||
      (this.inputHasEnded && this.reader.unread === 0) ||
      this.requests >= context.limits.requestsMax ||
      // What is left of the request would have to be read before the next one.
      !this.isRequestEnded
    this.answers.head(status, lines, bodyLength, !isOld, this.closes)
    if (isOld && !this.closes) this.closes = true
  }

  switchProtocol(lines: string): void {
    this.isTunnel = true
    this.closes = true
    this.isRequestEnded = false
    this.answers.inform(101, lines)
    this.reader.switchProtocol()
    this.readOn()
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.answers.data(bytes, start, end)
    if (this.isFull) this.wait.beginReading()
  }

  finish(trailers: string): void {
    this.answers.finish(trailers)
    this.exchange = undefined
    this.wait.unlink()
    if (this.closes) return this.close()
    if (!this.isReading) this.beginNext()
  }

  cut(): void {
    this.exchange = undefined
    this.writer.writeNow()
    this.socket.resetAndDestroy()
  }

  pauseBody(): void {
    this.reading.begin()
  }

  resumeBody(): void {
    this.reading.end()
  }

  /** The caller has taken longer than it may. */
  private expired(part: AwaitedPart): void {
    if (part === 'head' && this.reader.isUnderWay) this.refuse(408, localAnswers.requestLate.body)
    else if (part === 'body' && !this.hasAnswered) this.exchange?.refuseRequest(localAnswers.requestLate)
    else this.socket.destroy()
  }

  // What the socket tells.

  private read(chunk: Buffer): void {
    if (this.end.isBegun) return this.end.read(chunk)
    this.wait.endOf('request')
    if (this.requests === 0) this.first = chunk
    this.reader.feed(chunk)
    this.readOn()
  }

  /** Reads as far as requests may be begun, and writes what came of it. */
  private readOn(): void {
    if (this.isReading) return
    this.isReading = true
    this.readRequests()
    this.isReading = false
    if (this.exchange === undefined) this.waitForMore()
    else if (this.isRequestEnded && this.reader.unread > AHEAD_BYTES_MAX) this.reading.begin()
    else if (!this.isRequestEnded && !this.isTunnel) this.wait.begin('body')
  }

  private readRequests(): void {
    const { reader } = this
    while (this.exchange === undefined || !this.isRequestEnded) {
      if (this.end.isBegun) return
      switch (reader.next()) {
        case NEEDS_MORE:
          this.exchange?.start()
          return
        case HEAD:
          if (!this.begin()) return
          break
        case DATA:
          this.exchange?.bodyData(reader.bytes.subarray(reader.dataStart, reader.dataEnd))
          break
        case END:
          this.isRequestEnded = true
          this.wait.endOf('body')
          this.exchange?.bodyEnded(reader.trailers)
          this.exchange?.start()
          break
        case REFUSAL:
          return this.refuseMessage(reader.refusal)
      }
    }
  }

  private begin(): boolean {
    this.wait.endOf('head')
    this.requests += 1
    this.isRequestEnded = false
    this.hasAnswered = false
    if (this.request.minorVersion === 0 && !this.context.limits.allowsHttp10) {
      this.refuse(426, 'HTTP/1.1 is needed', 'upgrade: HTTP/1.1\r\n')
      return false
    }
    this.exchange = new Exchange(this, this.context.proxy)
    return true
  }

  /** The answer has ended outside of reading: requests that have come meanwhile are begun. */
  private beginNext(): void {
    this.reading.end()
    if (this.reader.unread > 0) return this.readOn()
    this.waitForMore()
  }

  private waitForMore(): void {
    if (this.end.isBegun || this.socket.destroyed) return
    if (this.inputHasEnded) return this.close()
    if (this.reader.isUnderWay) this.wait.begin('head')
    else if (this.context.isDraining) this.close()
    else if (this.requests > 0) this.wait.begin('request')
  }

  private drained(): void {
    if (this.exchange === undefined) return
    this.wait.endOf('reading')
    this.exchange.drained()
  }

  /** The caller sends nothing more: it may still wait for its answer, or be gone altogether. */
  private inputEnded(): void {
    this.inputHasEnded = true
    if (this.isTunnel) this.exchange?.tunnelEnded()
    else if (this.exchange === undefined) {
      // What is written may not have been read yet.
      if (!this.end.isBegun) this.close()
    } else if (!this.isRequestEnded) this.socket.destroy()
    else if (this.request.minorVersion === 1) {
      const { exchange } = this
      probeCaller(this.answers, () => this.exchange === exchange && !this.hasAnswered)
    }
  }

  private gone(): void {
    this.wait.unlink()
    const { exchange } = this
    this.exchange = undefined
    exchange?.callerGone()
    this.context.closed(this)
  }

  private refuseMessage(refusal: MessageRefusal): void {
    if (this.requests === 0 && isHttp2Preface(this.first)) return this.handOver()
    if (this.exchange !== undefined) {
      // The body of a request that has been passed on already turned out to be none.
      this.exchange.refuseRequest(malformedRequest(refusal.status, refusal.reason))
      return
    }
    this.refuse(refusal.status, refusal.reason)
  }

  private handOver(): void {
    const { socket, first } = this
    this.wait.unlink()
    this.end.isBegun = true
    releaseSocket(socket)
    this.context.speaksHttp2(this, socket, first)
  }

  /** Answers what never came to be a request. */
  private refuse(status: number, reason: string, lines: string = ''): void {
    this.isRequestEnded = false
    refuseRequest(this.answers, this.context.proxy, this.address, { status, reason, lines })
    this.close()
  }

  private close(): void {
    this.reading.end()
    this.end.begin()
  }
}

const NOTHING = Buffer.alloc(0)
