import type { Socket } from 'node:net'
import { ExpiryEntry, systemClock, type Timer } from '@watertight/policy/decisions'
import { CLIENT_PREFACE } from '../frames/frame-reader.js'
import { errorCodes, WINDOW_BYTES } from '../frames/frame-types.js'
import { goAwayFrame, pingFrame, settingsFrame, windowUpdateFrame } from '../frames/frame-head.js'
import { IncomingFrames } from '../frames/incoming-frames.js'
import { settingIds } from '../frames/peer-settings.js'
import type { HeaderNames, Http1Limits } from '../http1/index.js'
import { type ConnectionTarget, openSocket, type SocketReader } from '../upstream/open-socket.js'
import type { UpstreamListener } from '../upstream/upstream-stream.js'
import { CONNECTION_WINDOW_BYTES } from './connection-window.js'
import { FrameOutput } from './frame-output.js'
import { type RequestsOwner, SessionStreams } from './session-streams.js'
import { STREAM_WINDOW_BYTES } from './stream-body.js'

/** Whose session it is. */
export interface SessionOwner {
  readonly names: HeaderNames
  readonly limits: Http1Limits
  connected(session: Http2Session): void
  /** A stream has ended, or more are allowed: there may be room for another one. */
  roomier(session: Http2Session): void
  /** It takes no further requests. */
  left(): void
  closed(session: Http2Session, detail: string): void
}

/** A peer that does not answer a ping in this time is gone, though nobody has said so. */
const PONG_MS = 3_000
/** Eight octets, which come back. */
const PROBE = 'are you?'

/** One connection of HTTP/2 to an endpoint: what is read and written on it, and how it ends. */
export class Http2Session extends ExpiryEntry implements SocketReader, RequestsOwner {
  readonly names: HeaderNames
  readonly limits: Http1Limits
  readonly scheme: string
  /** It has said how many requests it takes: before that, more would be refused. */
  wasOpen: boolean = false
  /** It takes no further requests. */
  isLeaving: boolean = false
  private readonly owner: SessionOwner
  private readonly socket: Socket
  private readonly streams: SessionStreams
  private readonly frames: IncomingFrames
  private readonly output: FrameOutput
  private isGone: boolean = false
  private awaitedPong: Timer | undefined = undefined
  private error: string = ''
  /** What it ends with. */
  private goodbye: string = goAwayFrame(0)

  constructor(owner: SessionOwner, target: ConnectionTarget) {
    super()
    this.owner = owner
    this.names = owner.names
    this.limits = owner.limits
    this.scheme = target.secure === undefined ? 'http' : 'https'
    this.streams = new SessionStreams(this)
    this.frames = new IncomingFrames(this.streams, 'server')
    const socket = openSocket(target, this)
    this.socket = socket
    this.output = new FrameOutput(socket, () => this.streams.flush())
    socket.on('drain', () => this.streams.unblock())
    socket.on('end', () => this.destroy())
    socket.on('error', (error: Error) => {
      this.error = error.message
    })
    socket.on('close', () => this.gone())
  }

  /** Requests that may be begun now. */
  get free(): number {
    return !this.wasOpen || this.isLeaving || this.isGone ? 0 : this.streams.free
  }

  get address(): string | undefined {
    return this.wasOpen ? this.socket.remoteAddress : undefined
  }

  get isIdle(): boolean {
    return this.streams.count === 0
  }

  begin(listener: UpstreamListener): void {
    this.unlink()
    this.streams.begin(listener)
  }

  /** It was not open in time, or nothing was asked for a while. */
  override expire(): void {
    if (!this.wasOpen) this.error = 'the connection was not open in time'
    this.close()
  }

  /** No more requests; those under way end. */
  leave(): void {
    this.isLeaving = true
    if (this.isIdle) this.close()
  }

  /** Ends it, in order if there is nothing under way. */
  close(): void {
    if (this.isGone) return
    if (this.wasOpen) {
      this.send(this.goodbye)
      this.output.writeOut()
    }
    this.socket.destroySoon()
    this.gone()
  }

  // What the socket tells.

  opened(): void {
    const settings = settingsFrame([
      [settingIds.enablePush, 0],
      [settingIds.windowBytes, STREAM_WINDOW_BYTES],
    ])
    const window = windowUpdateFrame(0, CONNECTION_WINDOW_BYTES - WINDOW_BYTES)
    this.send(CLIENT_PREFACE + settings + window)
  }

  /** What waits for a caller has to stay as it is: the bytes are copied out of what all connections are read into. */
  read(bytes: Buffer, length: number): boolean {
    if (this.isGone) return false
    const code = this.frames.read(Buffer.from(bytes.subarray(0, length)))
    if (code !== errorCodes.noError) this.fail(code)
    this.streams.readEnded()
    return true
  }

  // What its streams ask for.

  get room(): number {
    return this.output.room
  }

  send(frames: string): void {
    this.output.send(frames)
  }

  fallDue(): void {
    this.output.fallDue()
  }

  settled(): void {
    if (this.isGone) return
    if (this.wasOpen) return this.owner.roomier(this)
    this.unlink()
    this.wasOpen = true
    this.owner.connected(this)
  }

  leaving(): void {
    this.isLeaving = true
    this.owner.left()
    if (this.isIdle) this.close()
  }

  freed(): void {
    if (this.isGone) return
    if (this.isLeaving && this.isIdle) this.close()
    else this.owner.roomier(this)
  }

  suspect(): void {
    if (this.awaitedPong !== undefined || this.isGone || !this.wasOpen) return
    this.awaitedPong = systemClock.setTimer(PONG_MS, () => {
      this.error = `no answer to a ping within ${PONG_MS} ms`
      this.destroy()
    })
    this.send(pingFrame(PROBE, false))
  }

  pong(): void {
    this.awaitedPong?.cancel()
    this.awaitedPong = undefined
  }

  /** Nothing on it can be trusted any more. */
  private fail(code: number): void {
    this.error = `what came is not HTTP/2: code ${code}`
    this.goodbye = goAwayFrame(0, code)
    this.isLeaving = true
    this.streams.broken(this.error)
    this.close()
  }

  private destroy(): void {
    this.socket.destroy()
    this.gone()
  }

  /** Told by the socket, or done by us: whichever is first. */
  private gone(): void {
    if (this.isGone) return
    this.isGone = true
    this.unlink()
    this.pong()
    const detail = this.error === '' ? 'the connection closed' : this.error
    this.owner.closed(this, detail)
    this.streams.gone(detail)
  }
}
