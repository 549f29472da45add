import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { Socket } from 'node:net'
import { clock, type Timer } from '../../../runtime/clock.js'
import { ConnectTimeoutError } from '../../failure/time-limit-error.js'

export interface Http2SessionOptions {
  /** As it is connected to. */
  readonly endpoint: string
  /** The host that requests ask for, with its port. */
  readonly host: string
  /** For how long the callee may keep silent before its first settings, or when it is asked whether it is there. */
  readonly silenceMs: number
  readonly keepAliveMs: number
  readonly headerBytesMax: number
}

/** Who has the session. */
export interface SessionOwner {
  /** The callee's settings are here: it takes streams. */
  started(session: Http2Session): void
  /** A stream has ended, or the callee allows another number of them. */
  roomChanged(): void
  ended(session: Http2Session, reason: Error): void
  /** The callee wants requests over HTTP/1.1. */
  speakHttp1(): void
}

/** What the callee may send before it is read: for each stream, and for all of them together. */
const STREAM_WINDOW_BYTES = 262_144
const SESSION_WINDOW_BYTES = 1_048_576

/** Streams of a session in all: their numbers end at twice this. */
const STREAMS_MAX = 2 ** 30 - 1

/**
 * Megabytes of what waits to be sent and of what describes streams, above which the platform opens none. What waits is in the
 * memory of its callers anyway, and limits on calls bound it; newer platforms count all of it, and a hundred uploads were too many.
 */
const MEMORY_MB = 10_000

/**
 * A connection of HTTP/2: as many streams as the callee allows (RFC 9113, section 5.1.2), until it sends GOAWAY. A callee
 * that is gone without a word is found out when an attempt on it is given up unanswered: it is asked by PING then, and
 * gets nothing new until it answers.
 */
export class Http2Session {
  readonly endpoint: string
  readonly headerBytesMax: number
  readonly scheme: string
  readonly host: string
  readonly #session: ClientHttp2Session
  readonly #socket: Socket
  readonly #owner: SessionOwner
  readonly #options: Http2SessionOptions
  /** Places that are taken. */
  #taken: number = 0
  #begun: number = 0
  #isStarted: boolean = false
  /** Streams at one time, as the callee allows them. Its settings come first of all. */
  #allowed: number = 0
  #lastSeenId: number = Infinity
  #isSuspect: boolean = false
  #error: Error | undefined = undefined
  #silence: Timer | undefined
  #idleSince: number = clock.now()
  #idle: Timer | undefined = undefined

  constructor(socket: Socket, options: Http2SessionOptions, owner: SessionOwner) {
    this.endpoint = options.endpoint
    this.scheme = options.endpoint.slice(0, options.endpoint.indexOf(':'))
    this.host = options.host
    this.headerBytesMax = options.headerBytesMax
    this.#socket = socket
    this.#options = options
    this.#owner = owner
    this.#session = connect(options.endpoint, {
      createConnection: () => socket,
      maxSessionMemory: MEMORY_MB,
      settings: {
        enablePush: false,
        initialWindowSize: STREAM_WINDOW_BYTES,
        maxHeaderListSize: options.headerBytesMax,
      },
    })
    this.#session
      .on('connect', () => this.#session.setLocalWindowSize(SESSION_WINDOW_BYTES))
      .on('remoteSettings', ({ maxConcurrentStreams = Infinity }) => this.#allow(maxConcurrentStreams))
      .on('goaway', (code, lastId) => this.#goAway(code, lastId))
      .on('error', (error) => (this.#error ??= error))
      .on('close', () => this.#closed())
    this.#silence = this.#limitSilence(
      (timeoutMs) => new ConnectTimeoutError({ endpoint: this.endpoint, timeoutMs }),
    )
  }

  get hasRoom(): boolean {
    return this.isUsable && this.#taken < this.#allowed
  }

  get allowed(): number {
    return this.#allowed
  }

  /** Whether it takes streams, now or later. */
  get isUsable(): boolean {
    const { closed, destroyed } = this.#session
    return !closed && !destroyed && !this.#isSuspect && this.#begun < STREAMS_MAX
  }

  get isIdle(): boolean {
    return this.#taken === 0
  }

  get bytesRead(): number {
    return this.#socket.bytesRead
  }

  /** Keeps a place for a stream. */
  enter(): void {
    if (this.#taken === 0) this.#session.ref()
    this.#taken += 1
  }

  leave(): void {
    this.#taken -= 1
    if (this.#taken === 0) this.#becomeIdle()
    this.#owner.roomChanged()
  }

  request(fields: OutgoingHttpHeaders, endStream: boolean): ClientHttp2Stream {
    this.#begun += 1
    return this.#session.request(fields, { endStream })
  }

  /** Whether the callee has said that it will not look at the stream of this number. */
  hasNotSeen(id: number | undefined): boolean {
    return id === undefined || id > this.#lastSeenId
  }

  speakHttp1(): void {
    this.#owner.speakHttp1()
  }

  /** A stream was given up on which nothing came: asks whether anybody is there. */
  probe(): void {
    if (this.#isSuspect || this.#session.closed || this.#session.destroyed) return
    this.#isSuspect = true
    this.#silence = this.#limitSilence((ms) => new Error(`no sign of life for ${ms} ms`))
    this.#session.ping((error) => {
      if (error !== null) return
      this.#silence?.cancel()
      this.#isSuspect = false
      this.#owner.roomChanged()
    })
  }

  /** Ends when its streams have. */
  close(): void {
    this.#session.close()
    if (this.isIdle) this.#hangUp()
  }

  destroy(reason: Error): void {
    this.#session.destroy(reason, constants.NGHTTP2_CANCEL)
    this.#socket.destroy()
  }

  #allow(streams: number): void {
    this.#allowed = streams
    if (this.#isStarted) return this.#owner.roomChanged()
    this.#isStarted = true
    this.#silence?.cancel()
    this.#becomeIdle()
    this.#owner.started(this)
  }

  #goAway(code: number, lastId: number): void {
    this.#lastSeenId = Math.min(this.#lastSeenId, lastId)
    if (code === constants.NGHTTP2_HTTP_1_1_REQUIRED) this.#owner.speakHttp1()
  }

  #limitSilence(error: (silenceMs: number) => Error): Timer | undefined {
    const { silenceMs } = this.#options
    if (silenceMs === Infinity) return undefined
    return clock.setTimer(silenceMs, () => this.#session.destroy(error(silenceMs)))
  }

  /** An idle session does not hold the process, and leaves after its time. One timer, which is late rather than renewed. */
  #becomeIdle(): void {
    if (this.#session.closed) return this.#hangUp()
    this.#session.unref()
    this.#idleSince = clock.now()
    this.#idle ??= clock.setTimer(this.#options.keepAliveMs, this.#leaveIfIdle)
  }

  readonly #leaveIfIdle = (): void => {
    this.#idle = undefined
    if (!this.isIdle) return
    const left = this.#idleSince + this.#options.keepAliveMs - clock.now()
    if (left > 0) this.#idle = clock.setTimer(left, this.#leaveIfIdle)
    else this.close()
  }

  /** A callee that has said goodbye may leave the connection open: nobody waits for its end. */
  #hangUp(): void {
    this.#socket.destroySoon()
  }

  #closed(): void {
    this.#silence?.cancel()
    this.#idle?.cancel()
    this.#owner.ended(this, this.#error ?? new Error('closed before its settings'))
  }
}
