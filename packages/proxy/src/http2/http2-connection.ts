import type { Socket } from 'node:net'
import { ExpiryEntry, systemClock, type Timer } from '@watertight/policy/decisions'
import { errorCodes, WINDOW_BYTES } from '../frames/frame-types.js'
import { goAwayFrame, pingFrame, settingsFrame, windowUpdateFrame } from '../frames/frame-head.js'
import { IncomingFrames } from '../frames/incoming-frames.js'
import { settingIds } from '../frames/peer-settings.js'
import type { ConnectionContext, ListenedConnection } from '../listener/connection-context.js'
import { type CallerOrigin, CallerStreams, STREAMS_MAX } from './caller-streams.js'
import { CONNECTION_WINDOW_BYTES } from './connection-window.js'
import { FrameOutput } from './frame-output.js'
import { STREAM_WINDOW_BYTES } from './stream-body.js'

/** So long a caller has to say that it knows of the end, before the end comes. */
const NOTICE_MS = 1_000
/** Eight octets, which come back. */
const NOTICE = 'draining'
const PROBE = 'are you?'
/** Names no stream: all are looked at that are begun before another frame says more. */
const ANY_STREAM = 2 ** 31 - 1

/** One connection of HTTP/2 from a caller: what is read and written on it, and how it ends. */
export class Http2Connection extends ExpiryEntry implements ListenedConnection {
  readonly context: ConnectionContext
  readonly origin: CallerOrigin
  private readonly socket: Socket
  private readonly streams: CallerStreams
  private readonly frames: IncomingFrames
  private readonly output: FrameOutput
  private isDraining: boolean = false
  private notice: Timer | undefined = undefined
  /** The caller has been told which request is the last. */
  private isLast: boolean = false
  private isEnded: boolean = false
  private inputHasEnded: boolean = false

  /** @param first what has come on it already */
  constructor(socket: Socket, context: ConnectionContext, origin: CallerOrigin, first?: Buffer) {
    super()
    this.socket = socket
    this.context = context
    this.origin = origin
    this.streams = new CallerStreams(this)
    this.frames = new IncomingFrames(this.streams, 'client')
    this.output = new FrameOutput(socket, () => this.streams.flush())
    const settings = settingsFrame([
      [settingIds.concurrentStreams, STREAMS_MAX],
      [settingIds.windowBytes, STREAM_WINDOW_BYTES],
      [settingIds.headListBytes, context.http1.headBytesMax],
    ])
    this.send(settings + windowUpdateFrame(0, CONNECTION_WINDOW_BYTES - WINDOW_BYTES))
    // What comes in the buffer that all connections share is kept: bodies wait in it.
    socket.on('data', (chunk: Buffer, length: number | undefined) =>
      this.read(length === undefined ? chunk : Buffer.from(chunk.subarray(0, length))),
    )
    socket.on('drain', () => this.streams.unblock())
    socket.on('end', () => this.inputEnded())
    socket.on('error', () => undefined)
    socket.on('close', () => this.gone())
    context.queues.request.add(this, systemClock.now())
    if (first !== undefined) this.read(Buffer.from(first))
    socket.resume()
  }

  destroy(): void {
    this.socket.destroy()
  }

  /**
   * Says that no more will be taken, and takes none once the caller knows: what it asks for until then would be lost on it
   * otherwise (RFC 9113, section 6.8). The connection closes with the last request.
   */
  drain(): void {
    if (this.isDraining || this.isEnded) return
    this.isDraining = true
    this.send(goAwayFrame(ANY_STREAM) + pingFrame(NOTICE, false))
    this.notice = systemClock.setTimer(NOTICE_MS, () => this.endRequests())
  }

  /** Nothing was asked for a while; or the other side does not close. */
  override expire(): void {
    if (this.isEnded) this.destroy()
    else this.drain()
  }

  // What its streams ask for.

  /** Bytes of bodies that may be written now. */
  get room(): number {
    return this.output.room
  }

  get takesRequests(): boolean {
    return !this.isLast && !this.isEnded
  }

  send(frames: string): void {
    this.output.send(frames)
  }

  /** Has its streams flushed when the turn ends. */
  fallDue(): void {
    this.output.fallDue()
  }

  /** There are requests under way. */
  busy(): void {
    this.unlink()
  }

  /** There are none any more. */
  idle(): void {
    if (this.isEnded || this.socket.destroyed) return
    if (this.isLast || this.inputHasEnded) this.close()
    else this.context.queues.request.add(this, systemClock.now())
  }

  /** The caller has answered: what it was told before, it knows. */
  pong(): void {
    if (this.isDraining) this.endRequests()
  }

  private endRequests(): void {
    if (this.isLast || this.isEnded || this.socket.destroyed) return
    this.isLast = true
    this.send(goAwayFrame(this.streams.last))
    if (this.streams.count === 0) this.close()
  }

  /** Closes behind what is written, and takes in what still comes, without a look at it. */
  private close(): void {
    this.isEnded = true
    this.notice?.cancel()
    this.unlink()
    this.output.writeOut()
    this.socket.end()
    this.context.queues.close.add(this, systemClock.now())
  }

  // What the socket tells.

  private read(chunk: Buffer): void {
    if (this.isEnded) return
    const code = this.frames.read(chunk)
    if (code !== errorCodes.noError) this.fail(code)
  }

  /** What came cannot be read as HTTP/2, or is too much: nothing on this connection can be trusted any more. */
  private fail(code: number): void {
    this.send(goAwayFrame(this.streams.last, code))
    this.streams.gone()
    if (!this.isEnded) this.close()
  }

  /** It says nothing more. Whether it still listens, an answer to it will tell. */
  private inputEnded(): void {
    this.inputHasEnded = true
    if (this.isEnded) return
    this.streams.inputEnded()
    if (this.streams.count === 0) this.close()
    else this.send(pingFrame(PROBE, false))
  }

  private gone(): void {
    this.unlink()
    this.isEnded = true
    this.notice?.cancel()
    this.streams.gone()
    this.context.closed(this)
  }
}
