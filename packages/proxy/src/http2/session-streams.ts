import { systemClock } from '@watertight/policy/decisions'
import { errorCodes } from '../frames/frame-types.js'
import { FrameAllowance } from '../frames/frame-allowance.js'
import { pingFrame, resetFrame, settingsAnswer, windowUpdateFrame } from '../frames/frame-head.js'
import type { FrameListener } from '../frames/incoming-frames.js'
import { PeerSettings } from '../frames/peer-settings.js'
import { type FieldSink, HpackDecoder, HpackLines } from '../hpack/index.js'
import { type HeaderNames, type Http1Limits, ResponseReader } from '../http1/index.js'
import { RESENDS_IN_TURN, RESENDS_OF_STALE, type UpstreamListener } from '../upstream/upstream-stream.js'
import { AnswerText } from './answer-text.js'
import { connectionHeaders } from './connection-headers.js'
import { ConnectionWindow } from './connection-window.js'
import { Http2Stream, type RequestCarrier } from './http2-stream.js'
import { TrailerText } from './trailer-text.js'
import { WritingTurns } from './writing-turns.js'

/** Requests at one time on one connection, whatever more the peer allows: so many answers may wait for slow callers. */
const STREAMS_MAX = 100
const STREAM_ID_MAX = 2 ** 31 - 1
/** Frames that belong to no answer. */
const IDLE_FRAMES = { burst: 1_000, perSecond: 100 }
/** As many may come with each part of a request as it takes to let more of it come. */
const IDLE_FRAMES_A_PART = 10
/** What RFC 9113 counts for each field beside its letters. */
const FIELD_BYTES = 32

const trailerLines = new HpackLines(connectionHeaders)
const nobody: FieldSink = { field: () => undefined }

/** The connection under the streams. */
export interface RequestsOwner {
  readonly names: HeaderNames
  readonly limits: Http1Limits
  readonly scheme: string
  readonly room: number
  send(frames: string): void
  fallDue(): void
  /** It has said how many requests it takes. */
  settled(): void
  /** It looks at no further requests. */
  leaving(): void
  pong(): void
  suspect(): void
  /** A request has ended. */
  freed(): void
}

/** The requests on one connection of HTTP/2 to a service, and the windows that they share. */
export class SessionStreams implements FrameListener, RequestCarrier {
  readonly names: HeaderNames
  readonly limits: Http1Limits
  readonly scheme: string
  private readonly owner: RequestsOwner
  private readonly streams: Map<number, Http2Stream> = new Map()
  private next: number = 1
  private readonly turns: WritingTurns<Http2Stream>
  private readonly window: ConnectionWindow
  private readonly decoder: HpackDecoder = new HpackDecoder()
  /** Used again: to make one costs as much as to read a head. */
  private readonly readers: ResponseReader[] = []
  private readonly peer: PeerSettings = new PeerSettings()
  private readonly idleFrames: FrameAllowance
  /** Those that the bytes which are being read tell something of. */
  private readonly toldOf: Http2Stream[] = []

  constructor(owner: RequestsOwner) {
    this.owner = owner
    this.names = owner.names
    this.limits = owner.limits
    this.scheme = owner.scheme
    this.turns = new WritingTurns(() => owner.fallDue())
    this.window = new ConnectionWindow((bytes) => this.widen(0, bytes))
    this.idleFrames = new FrameAllowance(IDLE_FRAMES, systemClock.now())
  }

  get count(): number {
    return this.streams.size
  }

  /** Requests that may be begun now. */
  get free(): number {
    if (this.next > STREAM_ID_MAX) return 0
    return Math.max(0, Math.min(this.peer.concurrentStreams, STREAMS_MAX) - this.streams.size)
  }

  /** Begins a request, for which there is room. */
  begin(listener: UpstreamListener): void {
    const id = this.next
    this.next += 2
    const reader = this.readers.pop() ?? new ResponseReader(this.names, this.limits)
    const stream = new Http2Stream(id, this, reader, this.peer.windowBytes, listener)
    this.streams.set(id, stream)
    listener.granted(stream)
  }

  // What frames come to.

  headers(id: number, block: Buffer, isEnded: boolean): number {
    const { limits, decoder } = this
    const stream = this.streams.get(id)
    // Those that nobody looks at any more are read too: what follows builds on them.
    if (stream === undefined) {
      if (!decoder.decode(block, nobody)) return errorCodes.compressionError
      return this.wasBegun(id)
    }
    if (stream.hasAnswered) {
      const trailers = new TrailerText(limits.trailerBytesMax * 2)
      if (!decoder.decode(block, trailers)) return errorCodes.compressionError
      stream.trailersCame(trailers.lines, isEnded)
    } else {
      const head = new AnswerText(limits.headBytesMax + FIELD_BYTES * limits.headersMax)
      if (!decoder.decode(block, head)) return errorCodes.compressionError
      this.idleFrames.give(1)
      stream.headCame(head, isEnded)
    }
    return errorCodes.noError
  }

  data(id: number, bytes: Buffer, flowBytes: number, isEnded: boolean): number {
    const wrong = this.window.took(flowBytes)
    if (wrong !== errorCodes.noError) return wrong
    const stream = this.streams.get(id)
    // Of one that was given up there may be a whole window on its way.
    if (stream === undefined) return this.wasBegun(id)
    stream.dataCame(bytes, flowBytes, isEnded)
    if (bytes.length === 0 && !isEnded) return this.idled()
    this.idleFrames.give(1)
    return errorCodes.noError
  }

  aborted(id: number, code: number): number {
    const stream = this.streams.get(id)
    if (stream === undefined) return this.wasBegun(id) || this.idled()
    stream.aborted(code)
    return errorCodes.noError
  }

  settings(bytes: Buffer): number {
    const before = this.peer.windowBytes
    const code = this.peer.read(bytes)
    if (code !== errorCodes.noError) return code
    this.owner.send(settingsAnswer)
    const wrong = this.turns.widenAll(this.streams.values(), this.peer.windowBytes - before)
    if (wrong !== errorCodes.noError) return wrong
    this.owner.settled()
    return this.idled()
  }

  ping(opaque: string): number {
    this.owner.send(pingFrame(opaque, true))
    return this.idled()
  }

  pong(): number {
    this.owner.pong()
    return this.idled()
  }

  windowUpdate(id: number, increment: number): number {
    if (id === 0) return this.turns.widen(increment) || this.idled()
    const stream = this.streams.get(id)
    if (stream === undefined) return this.wasBegun(id) || this.idled()
    const code = this.turns.widenOne(stream, increment)
    if (code === errorCodes.noError) return this.idled()
    this.reset(id, code)
    stream.fail('protocol-error', `the window of the stream breaks the rules of HTTP/2: code ${code}`)
    return errorCodes.noError
  }

  /**
   * Streams up to the last one that it names go on; nobody has looked at those above. Where it has looked at some, they are
   * next in turn; one that looks at none at all, or leaves with an error, is no service that could be asked for long.
   */
  goAway(last: number, code: number): number {
    const isInTurn = last > 0 && code === errorCodes.noError
    const resendsMax = isInTurn ? RESENDS_IN_TURN : RESENDS_OF_STALE
    this.owner.leaving()
    for (const stream of this.streams.values())
      if (stream.id > last)
        stream.fail('refused-stream', 'the service closed before it looked at the request', resendsMax)
    return this.idled()
  }

  idled(): number {
    return this.idleFrames.take(systemClock) ? errorCodes.noError : errorCodes.enhanceYourCalm
  }

  // What the connection tells.

  flush(): void {
    this.turns.flush()
  }

  /** More may be written than before. */
  unblock(): void {
    this.turns.unblock()
  }

  /** All that came at one time has been read. */
  readEnded(): void {
    const { toldOf } = this
    for (let index = 0; index < toldOf.length; index++) toldOf[index]!.readEnded()
    toldOf.length = 0
  }

  gone(detail: string): void {
    for (const stream of this.streams.values()) stream.gone(detail)
  }

  /** What came cannot be read as HTTP/2. */
  broken(detail: string): void {
    for (const stream of this.streams.values()) if (!stream.isWhole) stream.fail('protocol-error', detail)
  }

  // What a stream asks for.

  get room(): number {
    return Math.min(this.turns.window, this.owner.room)
  }

  get opening(): string {
    return this.turns.opening
  }

  send(frames: string): void {
    this.owner.send(frames)
  }

  spent(bytes: number): void {
    this.turns.window -= bytes
    this.idleFrames.give(IDLE_FRAMES_A_PART)
  }

  trailerBlock(lines: string): string {
    return this.turns.opening + trailerLines.block(lines)
  }

  due(stream: Http2Stream): void {
    this.turns.due(stream)
  }

  blocked(stream: Http2Stream, isBlocked: boolean): void {
    this.turns.blocked(stream, isBlocked)
  }

  widen(id: number, bytes: number): void {
    this.owner.send(windowUpdateFrame(id, bytes))
  }

  reset(id: number, code: number): void {
    this.owner.send(resetFrame(id, code))
  }

  told(stream: Http2Stream): void {
    this.toldOf.push(stream)
  }

  suspect(): void {
    this.owner.suspect()
  }

  over(stream: Http2Stream): void {
    if (!this.streams.delete(stream.id)) return
    stream.reader.restart()
    this.readers.push(stream.reader)
    this.owner.freed()
  }

  private wasBegun(id: number): number {
    return id < this.next ? errorCodes.noError : errorCodes.protocolError
  }
}
