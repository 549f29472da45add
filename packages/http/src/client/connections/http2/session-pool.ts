import type { Socket } from 'node:net'
import { afterInput, limitQueue } from '../../../runtime/limit-queue.js'
import { clock } from '../../../runtime/clock.js'
import { ClosedError } from '../../failure/request-error.js'
import { ConnectionsInUseError } from '../../failure/time-limit-error.js'
import type { Connection, Connections } from '../transport.js'
import { WAITING_MAX, WaitingConnection, type WaitingRoom } from '../waiting-connection.js'
import { Http2Exchange } from './http2-exchange.js'
import { Http2Session, type Http2SessionOptions, type SessionOwner } from './http2-session.js'

export interface SessionPoolOptions extends Http2SessionOptions {
  /** Sessions that may be open or opening, an integer >= 1. Those that take no more streams do not count. */
  readonly max: number
  /** How long an exchange may wait for a place when all are taken; asked for each. */
  readonly connectMs: () => number
  /** Opens a connection for one more session, which comes by `begin`, or `failed`, or `gaveWay`. */
  readonly connect: () => void
  /** The callee wants requests over HTTP/1.1. */
  readonly speakHttp1: () => void
}

/** Streams that a callee is taken to allow until one has said how many: what RFC 9113 asks for at least. */
const STREAMS_EXPECTED = 100

/**
 * Sessions of HTTP/2, as many as the exchanges at one time need: a further one is opened when those that wait are more
 * than the sessions on their way will take. The oldest that has room is used first, so that those of a burst fall idle
 * and leave.
 */
export class SessionPool implements Connections, WaitingRoom, SessionOwner {
  readonly #options: SessionPoolOptions
  readonly #ready: Set<Http2Session> = new Set()
  readonly #starting: Set<Http2Session> = new Set()
  readonly #waiting: Set<WaitingConnection> = new Set()
  readonly #whenEmpty: (() => void)[] = []
  #connecting: number = 0
  #expected: number = STREAMS_EXPECTED
  #isClosed: boolean = false

  constructor(options: SessionPoolOptions) {
    this.#options = options
  }

  get full(): boolean {
    return this.#withRoom() === undefined && !this.#mayOpen()
  }

  get isEmpty(): boolean {
    return this.#ready.size + this.#opening + this.#waiting.size === 0
  }

  acquire(): Connection {
    const session = this.#withRoom()
    if (session !== undefined) return exchangeOn(session)
    const waiting = new WaitingConnection(this)
    if (this.#waiting.size >= WAITING_MAX) {
      afterInput(() => waiting.refuse(this.inUse(0)))
      return waiting
    }
    this.#waiting.add(waiting)
    this.#provide()
    return waiting
  }

  /** A connection is there, and speaks HTTP/2. */
  begin(socket: Socket): void {
    this.#connecting -= 1
    if (this.#isClosed && this.#waiting.size === 0) {
      socket.destroy()
      this.#tellIfEmpty()
    } else this.#starting.add(new Http2Session(socket, this.#options, this))
  }

  /** A connection did not come: whoever waits could not hope for more from another one. */
  failed(reason: Error): void {
    this.#connecting -= 1
    this.#refuse(reason)
  }

  /** A connection is there that does not speak HTTP/2. Those who wait are another's from now on. */
  gaveWay(): readonly WaitingConnection[] {
    this.#connecting -= 1
    return this.#takeWaiting()
  }

  started(session: Http2Session): void {
    this.#starting.delete(session)
    this.#ready.add(session)
    this.#expected = Math.max(1, session.allowed)
    this.roomChanged()
  }

  roomChanged(): void {
    for (const waiting of this.#waiting) {
      const session = this.#withRoom()
      if (session === undefined) break
      this.#waiting.delete(waiting)
      waiting.grant(exchangeOn(session))
    }
    this.#provide()
    this.#closeIfDone()
  }

  ended(session: Http2Session, reason: Error): void {
    const neverStarted = this.#starting.delete(session)
    this.#ready.delete(session)
    if (neverStarted) this.#refuse(reason)
    else this.#provide()
    this.#tellIfEmpty()
  }

  speakHttp1(): void {
    this.#options.speakHttp1()
  }

  leave(waiting: WaitingConnection): void {
    waiting.end()
    this.#waiting.delete(waiting)
    this.#closeIfDone()
  }

  inUse(timeoutMs: number): Error {
    const { endpoint, max } = this.#options
    return new ConnectionsInUseError({ endpoint, timeoutMs, connections: max })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#closeIfDone()
    await this.#emptied()
  }

  async destroy(): Promise<void> {
    this.#isClosed = true
    const reason = new ClosedError()
    this.#refuse(reason)
    for (const session of [...this.#ready, ...this.#starting]) session.destroy(reason)
    await this.#emptied()
  }

  get #opening(): number {
    return this.#starting.size + this.#connecting
  }

  #withRoom(): Http2Session | undefined {
    for (const session of this.#ready) if (session.hasRoom) return session
    return undefined
  }

  #mayOpen(): boolean {
    let used = this.#opening
    for (const session of this.#ready) {
      // A callee that allows no stream at all would allow none on another connection.
      if (session.isUsable && session.isIdle && !session.hasRoom) return false
      if (session.isUsable) used += 1
    }
    return used < this.#options.max
  }

  /** Opens what those who wait need; beyond that, their time to wait begins. */
  #provide(): void {
    while (this.#waiting.size > this.#opening * this.#expected && this.#mayOpen()) {
      this.#connecting += 1
      this.#options.connect()
    }
    if (this.#opening > 0) return
    for (const waiting of this.#waiting)
      if (!waiting.waits) limitQueue(this.#options.connectMs())?.add(waiting, clock.now())
  }

  #takeWaiting(): readonly WaitingConnection[] {
    const all = [...this.#waiting]
    this.#waiting.clear()
    for (const waiting of all) waiting.end()
    return all
  }

  #refuse(reason: Error): void {
    for (const waiting of this.#takeWaiting()) waiting.refuse(reason)
    this.#tellIfEmpty()
  }

  #closeIfDone(): void {
    if (!this.#isClosed || this.#waiting.size > 0) return
    for (const session of this.#ready) session.close()
    this.#tellIfEmpty()
  }

  #emptied(): Promise<void> | undefined {
    return this.isEmpty ? undefined : new Promise((resolve) => this.#whenEmpty.push(resolve))
  }

  #tellIfEmpty(): void {
    if (this.isEmpty) for (const resolve of this.#whenEmpty.splice(0)) resolve()
  }
}

function exchangeOn(session: Http2Session): Connection {
  session.enter()
  return new Http2Exchange(session)
}
