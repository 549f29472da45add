import type { Socket } from 'node:net'
import { systemClock } from '@watertight/policy/decisions'
import { resetConnection } from '@watertight/traffic'
import type { Caller } from '../exchange/caller.js'
import { Exchange } from '../exchange/exchange.js'
import { localAnswers, malformedRequest } from '../exchange/local-answer.js'
import type { MessageRefusal, RequestHead } from '../http1/index.js'
import { ReadingPause } from '../sockets/reading-pause.js'
import { sharedReadBuffer } from '../sockets/shared-read-buffer.js'
import { TurnWriter } from '../sockets/turn-writer.js'
import type { Admission } from '../tls/allowed-callers.js'
import { AnswerWriter } from './answer-writer.js'
import { type AwaitedPart, CallerWait } from './caller-wait.js'
import { callerAddress } from './caller-address.js'
import { closesAfter } from './closes-after.js'
import type { ConnectionContext, ListenedConnection } from './connection-context.js'
import { IncomingRequests, type RequestsOwner } from './incoming-requests.js'
import { LingeringClose } from './lingering-close.js'
import { probeCaller } from './probe-caller.js'
import { refuseRequest } from './refuse-request.js'
import { releaseSocket } from './release-socket.js'

/** With so much unwritten, the endpoint is asked to wait. */
const UNWRITTEN_BYTES_MAX = 65_536
/** So long a new connection has to bring its first request once the listener drains. */
const FIRST_REQUEST_MS = 1_000

/** One connection of HTTP/1.1 from a caller: its requests in their order, each answered before the next is begun. */
export class CallerConnection implements Caller, RequestsOwner, ListenedConnection {
  readonly address: string
  readonly isTrusted: boolean
  readonly isSecure: boolean
  readonly refusal: string | undefined
  private readonly socket: Socket
  private readonly context: ConnectionContext
  private readonly requests: IncomingRequests
  private readonly writer: TurnWriter
  private readonly answers: AnswerWriter
  private readonly wait: CallerWait
  private readonly reading: ReadingPause
  private readonly end: LingeringClose
  /** The answer to the request under way has begun. */
  private hasAnswered: boolean = false
  private closes: boolean = false
  private isTunnel: boolean = false
  private inputHasEnded: boolean = false

  /** `admission` is what its certificate comes to; undefined for plain text. */
  constructor(socket: Socket, context: ConnectionContext, admission: Partial<Admission> | undefined) {
    this.socket = socket
    this.context = context
    this.isSecure = admission !== undefined
    this.refusal = admission?.refused
    this.address = callerAddress(socket)
    this.isTrusted = context.isTrusted(this.address)
    this.requests = new IncomingRequests(this, context.http1)
    this.writer = new TurnWriter(socket)
    this.reading = new ReadingPause(socket)
    this.answers = new AnswerWriter(this.writer)
    socket.on('data', (chunk: Buffer, length: number = chunk.length) => this.read(chunk, length))
    socket.on('drain', () => this.drained())
    socket.on('end', () => this.inputEnded())
    socket.on('error', () => undefined)
    socket.on('close', () => this.gone())
    this.wait = new CallerWait(context.queues, socket, (part) => this.expired(part))
    this.end = new LingeringClose(socket, this.writer, this.wait)
    this.wait.begin('head')
  }

  get request(): RequestHead {
    return this.requests.head
  }

  get isFull(): boolean {
    return this.writer.unwritten > UNWRITTEN_BYTES_MAX
  }

  /** Nothing is under way on it. */
  get isIdle(): boolean {
    return this.requests.exchange === undefined && !this.requests.isUnderWay
  }

  destroy(): void {
    this.socket.destroy()
  }

  /** A caller that has just connected, or is about to ask once more, gets its answer, which says that it was the last. */
  drain(): void {
    if (!this.isIdle || this.end.isBegun) return
    if (this.requests.count > 0) this.wait.begin('last')
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
    const { request, requests, context } = this
    this.hasAnswered = true
    const isOld = request.minorVersion === 0
    this.closes =
      closesAfter(request, bodyLength) ||
      context.isDraining ||
      (this.inputHasEnded && !requests.hasMore) ||
      requests.count >= context.limits.requestsMax ||
      // What is left of the request would have to be read before the next one.
      !requests.isEnded
    this.answers.head(status, lines, bodyLength, !isOld, this.closes)
    if (isOld && !this.closes) this.closes = true
  }

  switchProtocol(lines: string): void {
    this.isTunnel = true
    this.closes = true
    this.answers.inform(101, lines)
    this.requests.switchProtocol()
    this.readOn()
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.answers.data(bytes, start, end)
    if (this.isFull) this.wait.beginReading()
  }

  finish(trailers: string): void {
    this.answers.finish(trailers)
    this.requests.exchange = undefined
    this.wait.unlink()
    if (this.closes) return this.close()
    if (!this.requests.isReading) this.beginNext()
  }

  cut(): void {
    this.requests.exchange = undefined
    this.writer.writeNow()
    resetConnection(this.socket)
  }

  pauseBody(): void {
    this.reading.begin()
  }

  resumeBody(): void {
    this.reading.end()
  }

  // What its requests come to.

  get isClosing(): boolean {
    return this.end.isBegun
  }

  beginRequest(): Exchange | undefined {
    this.wait.endOf('head')
    this.hasAnswered = false
    if (this.request.minorVersion === 1 || this.context.limits.allowsHttp10)
      return new Exchange(this, this.context.proxy)
    this.refuse(426, 'HTTP/1.1 is needed', 'upgrade: HTTP/1.1\r\n')
    return undefined
  }

  requestEnded(): void {
    this.wait.endOf('body')
  }

  refuseMessage(refusal: MessageRefusal, isHttp2: boolean): void {
    if (isHttp2) return this.handOver()
    const { exchange } = this.requests
    if (exchange === undefined) this.refuse(refusal.status, refusal.reason)
    // The body of a request that has been passed on already turned out to be none.
    else exchange.refuseRequest(malformedRequest(refusal.status, refusal.reason))
  }

  // What the socket tells.

  /** What comes by TLS is a chunk of its own, and else the first bytes of a buffer that all share. */
  private read(chunk: Buffer, length: number): void {
    if (this.end.isBegun) return this.end.read(length)
    this.wait.endOf('request')
    this.wait.endOf('last')
    this.requests.feed(chunk, length)
    this.readOn()
    if (chunk === sharedReadBuffer) this.requests.keepRest()
  }

  /** Reads as far as requests may be begun, and waits for what is to come next. */
  private readOn(): void {
    const { requests } = this
    if (!requests.read()) return
    if (requests.exchange === undefined) this.waitForMore()
    else if (requests.isFull) this.reading.begin()
    else if (!requests.isEnded && !this.isTunnel) this.wait.begin('body')
  }

  /** The answer has ended outside of reading: requests that have come meanwhile are begun. */
  private beginNext(): void {
    this.reading.end()
    if (this.requests.hasMore) return this.readOn()
    this.waitForMore()
  }

  private waitForMore(): void {
    if (this.end.isBegun || this.socket.destroyed) return
    if (this.inputHasEnded) return this.close()
    if (this.requests.isUnderWay) this.wait.begin('head')
    else if (this.context.isDraining) this.close()
    else if (this.requests.count > 0) this.wait.begin('request')
  }

  private drained(): void {
    const { exchange } = this.requests
    if (exchange === undefined) return
    this.wait.endOf('reading')
    exchange.drained()
  }

  /** The caller sends nothing more: it may still wait for its answer, or be gone altogether. */
  private inputEnded(): void {
    const { requests } = this
    const { exchange } = requests
    this.inputHasEnded = true
    if (this.isTunnel) exchange?.tunnelEnded()
    else if (exchange === undefined) {
      // What is written may not have been read yet.
      if (!this.end.isBegun) this.close()
    } else if (!requests.isEnded) this.socket.destroy()
    else if (this.request.minorVersion === 1)
      probeCaller(this.answers, () => requests.exchange === exchange && !this.hasAnswered)
  }

  private gone(): void {
    this.wait.unlink()
    const { exchange } = this.requests
    this.requests.exchange = undefined
    exchange?.callerGone()
    this.context.closed(this)
  }

  /** The caller has taken longer than it may. */
  private expired(part: AwaitedPart): void {
    if (part === 'head' && this.requests.isUnderWay) this.refuse(408, localAnswers.requestLate.body)
    else if (part === 'body' && !this.hasAnswered)
      this.requests.exchange?.refuseRequest(localAnswers.requestLate)
    else this.socket.destroy()
  }

  private handOver(): void {
    const { socket, requests } = this
    this.wait.unlink()
    this.end.isBegun = true
    releaseSocket(socket)
    this.context.speaksHttp2(this, socket, requests.first)
  }

  /** Answers what never came to be a request. */
  private refuse(status: number, reason: string, lines: string = ''): void {
    this.requests.isEnded = false
    refuseRequest(this.answers, this.context.proxy, this.address, { status, reason, lines })
    this.close()
  }

  private close(): void {
    this.reading.end()
    this.end.begin()
  }
}
