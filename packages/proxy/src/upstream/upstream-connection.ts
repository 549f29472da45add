import type { Socket } from 'node:net'
import { ExpiryEntry } from '@watertight/policy/decisions'
import type { FailureClass } from '@watertight/traffic'
import {
  DATA,
  END,
  HEAD,
  type HeaderNames,
  type Http1Limits,
  NEEDS_MORE,
  REFUSAL,
  ResponseReader,
} from '../http1/index.js'
import { ReadingPause } from '../sockets/reading-pause.js'
import { TurnWriter } from '../sockets/turn-writer.js'
import { keepAliveOf } from './keep-alive-of.js'
import { type ConnectionTarget, openSocket, type SocketReader } from './open-socket.js'
import { RequestWriter } from './request-writer.js'
import {
  type OutgoingHead,
  RESENDS_OF_STALE,
  type UpstreamListener,
  type UpstreamStream,
} from './upstream-stream.js'

/** Whose connection it is: takes it back when it is free, and hears when it is gone. */
export interface ConnectionOwner {
  readonly names: HeaderNames
  readonly limits: Http1Limits
  connected(connection: UpstreamConnection): void
  /** An answer has ended and another request may be sent; `keepAliveMs` is how long the endpoint will wait for it. */
  freed(connection: UpstreamConnection, keepAliveMs: number): void
  /** It has closed, or could not be opened. */
  closed(connection: UpstreamConnection, detail: string): void
}

/** Connecting, until the first of these. */
const CONNECTING = 0
const IDLE = 1
const BUSY = 2
const TUNNEL = 3
const CLOSED = 4

/** One connection of HTTP/1.1 to an endpoint, which carries one request at a time. */
export class UpstreamConnection extends ExpiryEntry implements UpstreamStream, SocketReader {
  /** Whether it could be opened. */
  wasOpen: boolean = false
  private readonly owner: ConnectionOwner
  private readonly socket: Socket
  private readonly writer: TurnWriter
  private readonly request: RequestWriter
  private readonly reading: ReadingPause
  private readonly reader: ResponseReader
  private listener: UpstreamListener | undefined = undefined
  private state: number = CONNECTING
  private hasAnswered: boolean = false
  private requests: number = 0
  private isLeaving: boolean = false
  private error: string = ''
  private errorCode: string | undefined = undefined

  constructor(owner: ConnectionOwner, target: ConnectionTarget) {
    super()
    this.owner = owner
    this.reader = new ResponseReader(owner.names, owner.limits)
    const socket = openSocket(target, this)
    this.socket = socket
    this.writer = new TurnWriter(socket)
    this.request = new RequestWriter(this.writer)
    this.reading = new ReadingPause(socket)
    socket.on('drain', () => this.listener?.drained())
    socket.on('end', () => this.inputEnded())
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.error = error.message
      this.errorCode = error.code
    })
    socket.on('close', () => this.gone())
  }

  get address(): string | undefined {
    return this.socket.remoteAddress
  }

  /** Gives the connection to a request. */
  begin(listener: UpstreamListener): void {
    this.end()
    this.state = BUSY
    this.listener = listener
    this.hasAnswered = false
    this.request.isEnded = false
    this.requests += 1
    listener.granted(this)
  }

  send(head: OutgoingHead, body: string | undefined): void {
    this.reader.expect(head.method, head.upgrade)
    this.request.head(head, body)
  }

  write(bytes: Buffer): boolean {
    return this.request.data(bytes)
  }

  finish(trailers: string): void {
    if (this.state === TUNNEL) {
      this.writer.writeNow()
      this.socket.end()
      return
    }
    this.request.finish(trailers)
  }

  pause(): void {
    this.reading.begin()
  }

  resume(): void {
    this.reading.end()
  }

  abort(): void {
    this.listener = undefined
    this.destroy()
  }

  /** It has waited as long as it may: for a connection, or for a request. */
  override expire(): void {
    if (!this.wasOpen) this.error = 'the connection was not open in time'
    this.destroy()
  }

  /** No further request: one that is under way ends. */
  leave(): void {
    this.isLeaving = true
    if (this.state === IDLE) this.destroy()
  }

  destroy(): void {
    this.socket.destroy()
    this.gone()
  }

  opened(): void {
    this.unlink()
    this.wasOpen = true
    this.state = IDLE
    this.owner.connected(this)
  }

  read(bytes: Buffer, length: number): boolean {
    if (this.state === TUNNEL) this.listener?.data(bytes, 0, length)
    // What comes before the request has been sent is no answer to it.
    else if (this.state !== BUSY || this.request.isUnsent) this.destroy()
    else {
      this.reader.feed(bytes, length)
      this.readOn()
      this.reader.keepRest()
    }
    this.listener?.readEnded()
    return true
  }

  private readOn(): void {
    const { reader } = this
    for (;;) {
      const { listener } = this
      if (this.state === CLOSED) return
      switch (reader.next()) {
        case NEEDS_MORE:
          return
        case HEAD:
          this.answered()
          break
        case DATA:
          listener?.data(reader.bytes, reader.dataStart, reader.dataEnd)
          break
        case END:
          if (this.ended()) return
          break
        case REFUSAL:
          return this.fail('protocol-error', reader.refusal.reason)
      }
    }
  }

  private answered(): void {
    const { head } = this.reader
    const { listener } = this
    if (head.informational) {
      listener?.informed(head)
      return
    }
    this.hasAnswered = true
    if (head.status === 101) this.state = TUNNEL
    listener?.answered(head)
  }

  /** The answer has ended, unless that was a head before it. Answers whether reading is over. */
  private ended(): boolean {
    const { reader, listener } = this
    if (!this.hasAnswered) return false
    this.listener = undefined
    const canStay = reader.head.keepAlive && this.request.isEnded && reader.unread === 0 && !this.isLeaving
    const keepAliveMs = canStay ? keepAliveOf(reader.head) : 0
    // Free before anybody is told, so that the next request of the same caller finds it.
    if (canStay) this.free(keepAliveMs)
    else this.destroy()
    listener?.ended(reader.trailers)
    listener?.readEnded()
    return true
  }

  private free(keepAliveMs: number): void {
    this.state = IDLE
    // The last bytes were more than the caller could take at once: the next one must not wait for that.
    this.reading.end()
    this.owner.freed(this, keepAliveMs)
  }

  private inputEnded(): void {
    const { listener } = this
    if (this.state === BUSY && this.hasAnswered && this.reader.endOfInput()) {
      this.listener = undefined
      this.destroy()
      listener?.ended(undefined)
      listener?.readEnded()
    } else if (this.state === TUNNEL) {
      this.listener = undefined
      listener?.ended(undefined)
    } else if (this.mayBeStale && !this.request.isUnsent && this.writer.unwritten === 0) this.probe()
    else this.destroy()
  }

  /** It was used before, and has given no byte of an answer: it may have been closed while it was idle. */
  private get mayBeStale(): boolean {
    return this.state === BUSY && this.requests > 1 && !this.hasAnswered && !this.reader.isUnderWay
  }

  /**
   * The other side has closed. Whether that was before our request came shows in a write of nothing: the system refuses
   * it with EPIPE once bytes of ours have met a closed socket, which sends a reset for them. A callee that has read them
   * before it closes sends none.
   */
  private probe(): void {
    this.socket.write(NOTHING, (error) => {
      if (error === undefined || error === null) this.destroy()
    })
  }

  private fail(failure: FailureClass, detail: string): void {
    const { listener } = this
    this.listener = undefined
    this.destroy()
    listener?.failed(failure, detail, 0)
  }

  /** Told by the socket, or done by us: whichever is first. */
  private gone(): void {
    if (this.state === CLOSED) return
    const { listener } = this
    const isUnsent = this.state === BUSY && this.request.isUnsent
    const isStale = this.mayBeStale && (isUnsent || this.errorCode === 'EPIPE')
    const failure = isUnsent ? 'reset-before-request' : 'reset'
    this.state = CLOSED
    this.listener = undefined
    this.unlink()
    const detail = this.error === '' ? 'the connection closed before the answer ended' : this.error
    this.owner.closed(this, detail)
    listener?.failed(failure, detail, isStale ? RESENDS_OF_STALE : 0)
  }
}

const NOTHING = Buffer.alloc(0)
