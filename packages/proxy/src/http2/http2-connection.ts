import {
  constants,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type Settings,
} from 'node:http2'
import type { Socket } from 'node:net'
import { ExpiryEntry, systemClock } from '@watertight/policy/decisions'
import type { ConnectionContext, ListenedConnection } from '../listener/connection-context.js'
import { CONNECTION_WINDOW_BYTES } from './connection-window.js'
import { type CallerOrigin, Http2Caller } from './http2-caller.js'

const STREAMS_MAX = 100
const SETTINGS: Settings = {
  maxConcurrentStreams: STREAMS_MAX,
  enablePush: false,
  initialWindowSize: 262_144,
  maxHeaderListSize: 32_768,
}
/**
 * Frames that are no part of a request, and of which a peer may send so many before it is hung up on. The platform itself
 * bounds how many streams may be opened and reset at once: 1,000, and 33 a second (CVE-2023-44487).
 */
const BOUNDS = {
  /** In MB: what all streams of a connection can hold that their services have not read, and some for the heads. */
  maxSessionMemory: 32,
  maxSessionInvalidFrames: 100,
  maxSessionRejectedStreams: 100,
  maxOutstandingPings: 10,
  maxSettings: 32,
}

/** One connection of HTTP/2 from a caller: many requests at once. */
export class Http2Connection extends ExpiryEntry implements ListenedConnection {
  private readonly session: ServerHttp2Session
  private readonly context: ConnectionContext
  private streams: number = 0

  constructor(socket: Socket, context: ConnectionContext, origin: CallerOrigin) {
    super()
    this.context = context
    const session = performServerHandshake(socket, { ...BOUNDS, settings: SETTINGS })
    this.session = session
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES)
    session.on('stream', (stream: ServerHttp2Stream, _headers: object, flags: number, raw: string[]) =>
      this.accept(stream, raw, (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0, origin),
    )
    session.on('error', () => undefined)
    session.on('close', () => {
      this.unlink()
      context.closed(this)
    })
    context.queues.request.add(this, systemClock.now())
  }

  destroy(): void {
    this.session.destroy()
  }

  /** No stream is begun any more, and the connection closes with the last one. */
  drain(): void {
    if (!this.session.closed) this.session.close()
  }

  /** Nothing was asked for a while. */
  override expire(): void {
    this.drain()
  }

  private accept(
    stream: ServerHttp2Stream,
    raw: readonly string[],
    isEnded: boolean,
    origin: CallerOrigin,
  ): void {
    this.streams += 1
    this.unlink()
    stream.on('close', () => {
      this.streams -= 1
      if (this.streams === 0 && !this.session.destroyed)
        this.context.queues.request.add(this, systemClock.now())
    })
    new Http2Caller(stream, this.context, origin).begin(raw, isEnded)
  }
}
