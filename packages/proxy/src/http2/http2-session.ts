import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import { connect as connectPlainly } from 'node:net'
import { ExpiryEntry, systemClock, type Timer } from '@watertight/policy/decisions'
import type { HeaderNames, Http1Limits } from '../http1/index.js'
import type { ConnectionTarget } from '../upstream/open-socket.js'
import type { UpstreamListener } from '../upstream/upstream-stream.js'
import { CONNECTION_WINDOW_BYTES } from './connection-window.js'
import { Http2Stream, type StreamOwner } from './http2-stream.js'

/** Whose session it is. */
export interface SessionOwner {
  readonly origin: string
  readonly names: HeaderNames
  readonly limits: Http1Limits
  connected(session: Http2Session): void
  /** A stream has ended: there may be room for another one. */
  roomier(session: Http2Session): void
  closed(session: Http2Session, detail: string): void
}

/** Requests at one time on one connection, whatever more the peer allows: so many answers may wait for slow callers. */
const STREAMS_MAX = 100
/**
 * Bytes of an answer that may come before its caller reads. With all streams full that is 25 MB a connection, which is
 * the most that it can hold, and the memory that the platform is told to allow: above that it would refuse new streams.
 */
const WINDOW_BYTES = 262_144
const BOUNDS = { maxSessionMemory: 32, maxSessionInvalidFrames: 100, maxSettings: 32 }
/** A peer that does not answer a ping in this time is gone, though nobody has said so. */
const PONG_MS = 3_000

/** One connection of HTTP/2 to an endpoint. */
export class Http2Session extends ExpiryEntry implements StreamOwner {
  readonly names: HeaderNames
  readonly limits: Http1Limits
  readonly scheme: string
  wasOpen: boolean = false
  /** It takes no further requests. */
  isLeaving: boolean = false
  private readonly owner: SessionOwner
  private readonly session: ClientHttp2Session
  private readonly streams: Set<Http2Stream> = new Set()
  private pong: Timer | undefined = undefined
  private error: string = ''

  constructor(owner: SessionOwner, { host, port, secure }: ConnectionTarget) {
    super()
    this.owner = owner
    this.names = owner.names
    this.limits = owner.limits
    this.scheme = secure === undefined ? 'http' : 'https'
    const createConnection = () => secure?.connect() ?? connectPlainly({ host, port, noDelay: true })
    const settings = { enablePush: false, initialWindowSize: WINDOW_BYTES }
    const session = connect(owner.origin, { ...BOUNDS, createConnection, settings })
    this.session = session
    session.on('connect', () => session.setLocalWindowSize(CONNECTION_WINDOW_BYTES))
    // Before it has said how many requests it takes at one time, more than that would be refused.
    session.on('remoteSettings', () => {
      if (this.wasOpen) owner.roomier(this)
      else this.opened()
    })
    // Streams up to the last one that it names go on; those above are told as refused.
    session.on('goaway', () => {
      this.isLeaving = true
    })
    session.on('error', (error: Error) => {
      this.error = error.message
    })
    session.on('close', () => this.gone())
  }

  /** Requests that may be begun now. */
  get room(): number {
    if (this.isLeaving || this.session.closed || this.session.destroyed) return 0
    const { maxConcurrentStreams = STREAMS_MAX } = this.session.remoteSettings
    return Math.max(0, Math.min(maxConcurrentStreams, STREAMS_MAX) - this.streams.size)
  }

  get address(): string | undefined {
    return this.wasOpen ? this.session.socket?.remoteAddress : undefined
  }

  get isIdle(): boolean {
    return this.streams.size === 0
  }

  begin(listener: UpstreamListener): void {
    this.unlink()
    new Http2Stream(this, listener)
  }

  open(headers: Record<string, string | string[]>, endStream: boolean): ClientHttp2Stream | undefined {
    if (this.session.closed || this.session.destroyed) return undefined
    return this.session.request(headers, { endStream, waitForTrailers: !endStream })
  }

  began(stream: Http2Stream): void {
    this.streams.add(stream)
  }

  ended(stream: Http2Stream): void {
    this.streams.delete(stream)
    if (this.isLeaving && this.isIdle) this.session.close()
    else this.owner.roomier(this)
  }

  suspect(): void {
    if (this.pong !== undefined || this.session.destroyed || !this.wasOpen) return
    this.pong = systemClock.setTimer(PONG_MS, () => {
      this.error = `no answer to a ping within ${PONG_MS} ms`
      this.session.destroy()
    })
    this.session.ping(() => {
      this.pong?.cancel()
      this.pong = undefined
    })
  }

  /** It was not open in time, or nothing was asked for a while. */
  override expire(): void {
    if (!this.wasOpen) this.error = 'the connection was not open in time'
    this.destroy()
  }

  /** No more requests; those under way end. */
  leave(): void {
    this.isLeaving = true
    if (this.isIdle) this.destroy()
    else this.session.close()
  }

  destroy(): void {
    this.session.destroy(undefined, constants.NGHTTP2_NO_ERROR)
  }

  private opened(): void {
    this.unlink()
    this.wasOpen = true
    this.owner.connected(this)
  }

  private gone(): void {
    this.unlink()
    this.pong?.cancel()
    this.owner.closed(this, this.error === '' ? 'the connection closed' : this.error)
  }
}
