import { systemClock } from '@watertight/policy/decisions'
import { errorCodes } from '../frames/frame-types.js'
import { FrameAllowance } from '../frames/frame-allowance.js'
import { pingFrame, resetFrame, settingsAnswer, windowUpdateFrame } from '../frames/frame-head.js'
import type { FrameListener } from '../frames/incoming-frames.js'
import { PeerSettings } from '../frames/peer-settings.js'
import { type FieldSink, HpackDecoder, HpackLines, statusField } from '../hpack/index.js'
import { RequestReader } from '../http1/index.js'
import { proxyHeaderNames } from '../exchange/proxy-headers.js'
import type { ConnectionContext } from '../listener/connection-context.js'
import { ConnectionWindow } from './connection-window.js'
import { connectionHeaders } from './connection-headers.js'
import { type CallerOrigin, Http2Caller, type StreamCarrier } from './http2-caller.js'
import { RequestText } from './request-text.js'
import { TrailerText } from './trailer-text.js'
import { WritingTurns } from './writing-turns.js'

export type { CallerOrigin } from './http2-caller.js'

/** Requests of one connection at one time. */
export const STREAMS_MAX = 100
/** Streams that a caller may open and reset at once, and a second (CVE-2023-44487). */
const RESETS = { burst: 1_000, perSecond: 33 }
/** Frames that are no part of a request, or of the taking of an answer. */
const IDLE_FRAMES = { burst: 1_000, perSecond: 100 }
/** As many come with each part of an answer as a caller may need to take it. */
const IDLE_FRAMES_A_PART = 10
/** What RFC 9113 counts for each field beside its letters. */
const FIELD_BYTES = 32

const answerLines = new HpackLines(connectionHeaders)
const nobody: FieldSink = { field: () => undefined }

/** The connection under the streams. */
export interface StreamsOwner {
  readonly context: ConnectionContext
  readonly origin: CallerOrigin
  readonly room: number
  readonly takesRequests: boolean
  send(frames: string): void
  fallDue(): void
  busy(): void
  idle(): void
  pong(): void
}

/** The requests of one connection of HTTP/2, and the windows that they share. */
export class CallerStreams implements FrameListener, StreamCarrier {
  readonly context: ConnectionContext
  readonly origin: CallerOrigin
  /** The last one that was begun. */
  last: number = 0
  private readonly owner: StreamsOwner
  private readonly streams: Map<number, Http2Caller> = new Map()
  private readonly turns: WritingTurns<Http2Caller>
  private readonly window: ConnectionWindow
  private readonly decoder: HpackDecoder = new HpackDecoder()
  /** Used again: to make one costs as much as to read a head. */
  private readonly readers: RequestReader[] = []
  private readonly peer: PeerSettings = new PeerSettings()
  private readonly resets: FrameAllowance
  private readonly idleFrames: FrameAllowance

  constructor(owner: StreamsOwner) {
    const now = systemClock.now()
    this.owner = owner
    this.context = owner.context
    this.origin = owner.origin
    this.turns = new WritingTurns(() => owner.fallDue())
    this.window = new ConnectionWindow((bytes) => this.widen(0, bytes))
    this.resets = new FrameAllowance(RESETS, now)
    this.idleFrames = new FrameAllowance(IDLE_FRAMES, now)
  }

  get count(): number {
    return this.streams.size
  }

  // What frames come to.

  headers(id: number, block: Buffer, isEnded: boolean): number {
    const stream = this.streams.get(id)
    if (stream !== undefined) return this.trailers(stream, block, isEnded)
    const { http1 } = this.context
    const isNew = id > this.last && this.owner.takesRequests
    const text = new RequestText(http1.headBytesMax + FIELD_BYTES * http1.headersMax)
    // Those that nobody looks at any more are read too: what follows builds on them.
    if (!this.decoder.decode(block, isNew ? text : nobody)) return errorCodes.compressionError
    if (!isNew) return this.idled()
    this.last = id
    if (this.streams.size >= STREAMS_MAX) {
      this.reset(id, errorCodes.refusedStream)
      return this.allowReset()
    }
    this.idleFrames.give(1)
    this.begin(id, text, isEnded)
    return errorCodes.noError
  }

  data(id: number, bytes: Buffer, flowBytes: number, isEnded: boolean): number {
    const wrong = this.window.took(flowBytes)
    if (wrong !== errorCodes.noError) return wrong
    const stream = this.streams.get(id)
    if (stream === undefined) return id > this.last ? errorCodes.protocolError : this.idled()
    const code = this.took(stream, stream.input.data(bytes, flowBytes, isEnded))
    if (code !== errorCodes.noError || (bytes.length === 0 && !isEnded)) return code || this.idled()
    this.idleFrames.give(1)
    return code
  }

  aborted(id: number): number {
    const stream = this.streams.get(id)
    if (stream === undefined) return id > this.last ? errorCodes.protocolError : this.idled()
    stream.gone()
    return this.allowReset()
  }

  settings(bytes: Buffer): number {
    const before = this.peer.windowBytes
    const code = this.peer.read(bytes)
    if (code !== errorCodes.noError) return code
    this.owner.send(settingsAnswer)
    return this.turns.widenAll(this.streams.values(), this.peer.windowBytes - before) || this.idled()
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
    if (stream === undefined) return id > this.last ? errorCodes.protocolError : this.idled()
    const code = this.turns.widenOne(stream, increment)
    if (code === errorCodes.noError) return this.idled()
    stream.abort(code)
    return this.allowReset()
  }

  /** There is nothing that this side would ask of a caller. */
  goAway(): number {
    return this.idled()
  }

  idled(): number {
    return this.idleFrames.take(systemClock) ? errorCodes.noError : errorCodes.enhanceYourCalm
  }

  // What the connection tells.

  /** Writes what this turn has come to. */
  flush(): void {
    this.turns.flush()
  }

  /** More may be written than before. */
  unblock(): void {
    this.turns.unblock()
  }

  /** Requests that have not come as a whole never will. */
  inputEnded(): void {
    for (const stream of this.streams.values()) if (!stream.input.isEnded) stream.abort(errorCodes.cancel)
  }

  gone(): void {
    for (const stream of this.streams.values()) stream.gone()
  }

  // What a stream asks for.

  get room(): number {
    return Math.min(this.turns.window, this.owner.room)
  }

  send(frames: string): void {
    this.owner.send(frames)
  }

  spent(bytes: number): void {
    this.turns.window -= bytes
    this.idleFrames.give(IDLE_FRAMES_A_PART)
  }

  block(status: number | undefined, lines: string): string {
    return this.turns.opening + (status === undefined ? '' : statusField(status)) + answerLines.block(lines)
  }

  due(stream: Http2Caller): void {
    this.turns.due(stream)
  }

  blocked(stream: Http2Caller, isBlocked: boolean): void {
    this.turns.blocked(stream, isBlocked)
  }

  widen(id: number, bytes: number): void {
    this.owner.send(windowUpdateFrame(id, bytes))
  }

  reset(id: number, code: number): void {
    this.owner.send(resetFrame(id, code))
  }

  over(stream: Http2Caller): void {
    if (!this.streams.delete(stream.id)) return
    stream.reader.restart()
    this.readers.push(stream.reader)
    if (this.streams.size === 0) this.owner.idle()
  }

  private begin(id: number, text: RequestText, isEnded: boolean): void {
    const reader = this.readers.pop() ?? new RequestReader(proxyHeaderNames, this.context.http1)
    const stream = new Http2Caller(id, this, reader, this.peer.windowBytes)
    if (this.streams.size === 0) this.owner.busy()
    this.streams.set(id, stream)
    stream.begin(text, isEnded)
  }

  private trailers(stream: Http2Caller, block: Buffer, isEnded: boolean): number {
    const text = new TrailerText(this.context.http1.trailerBytesMax * 2)
    if (!this.decoder.decode(block, text)) return errorCodes.compressionError
    return this.took(stream, stream.input.trailed(text.lines, isEnded))
  }

  /** A stream that breaks the rules ends alone, and counts as one that was reset. */
  private took(stream: Http2Caller, code: number): number {
    if (code !== errorCodes.noError) {
      stream.abort(code)
      return this.allowReset()
    }
    stream.inputCame()
    return errorCodes.noError
  }

  private allowReset(): number {
    return this.resets.take(systemClock) ? errorCodes.noError : errorCodes.enhanceYourCalm
  }
}
