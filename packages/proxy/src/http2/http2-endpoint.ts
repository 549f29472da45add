import { ExpiryQueue, systemClock } from '@watertight/policy/decisions'
import type { HeaderNames, Http1Limits } from '../http1/index.js'
import type { ConnectionTarget } from '../upstream/upstream-connection.js'
import {
  type ConnectionLimits,
  type Endpoint,
  mayConnect,
  type PendingRequest,
} from '../upstream/endpoint.js'
import { Http2Session, type SessionOwner } from './http2-session.js'

/** Requests that one connection is expected to take, before the peer has said. */
const STREAMS_EXPECTED = 100

/** An endpoint that speaks HTTP/2: as many connections as the requests at one time need, and no more. */
export class Http2Endpoint implements Endpoint, SessionOwner {
  readonly origin: string
  readonly names: HeaderNames
  readonly limits: Http1Limits
  index: number
  active: number = 0
  private readonly target: ConnectionTarget
  private rules: ConnectionLimits
  private readonly sessions: Set<Http2Session> = new Set()
  private readonly waiting: PendingRequest[] = []
  private idleQueue: ExpiryQueue
  private connectQueue: ExpiryQueue
  private isClosed: boolean = false

  constructor(
    origin: string,
    index: number,
    rules: ConnectionLimits,
    codec: { readonly names: HeaderNames; readonly limits: Http1Limits },
    target: ConnectionTarget,
  ) {
    this.origin = origin
    this.index = index
    this.rules = rules
    this.names = codec.names
    this.limits = codec.limits
    this.target = target
    this.idleQueue = new ExpiryQueue(systemClock, rules.idleMs)
    this.connectQueue = new ExpiryQueue(systemClock, rules.connectMs)
  }

  reconfigure(rules: ConnectionLimits): void {
    const { idleMs, connectMs } = this.rules
    this.rules = rules
    if (rules.idleMs !== idleMs) this.idleQueue = new ExpiryQueue(systemClock, rules.idleMs)
    if (rules.connectMs !== connectMs) this.connectQueue = new ExpiryQueue(systemClock, rules.connectMs)
  }

  get full(): boolean {
    return !this.mayOpen() && this.roomy() === undefined
  }

  get connections(): number {
    return this.sessions.size
  }

  get pending(): number {
    return this.waiting.length
  }

  acquire(request: PendingRequest): boolean {
    const session = this.waiting.length === 0 ? this.roomy() : undefined
    if (session !== undefined) {
      session.begin(request)
      return true
    }
    if (this.waiting.length >= this.rules.pendingMax && !this.mayOpen()) return false
    this.waiting.push(request)
    this.openAsNeeded()
    return true
  }

  connected(session: Http2Session): void {
    this.roomier(session)
  }

  roomier(session: Http2Session): void {
    while (session.wasOpen && session.room > 0) {
      const next = this.next()
      if (next === undefined) break
      session.begin(next)
    }
    if (!session.isIdle || !session.wasOpen) return
    if (this.isClosed) session.destroy()
    else if (!session.waits) this.idleQueue.add(session, systemClock.now())
  }

  closed(session: Http2Session, detail: string): void {
    if (this.sessions.delete(session)) this.rules.opened.count -= 1
    if (!session.wasOpen) this.next()?.failed('connect-failure', detail, false)
    this.openAsNeeded()
  }

  close(): void {
    this.isClosed = true
    for (const session of this.sessions) session.leave()
  }

  private roomy(): Http2Session | undefined {
    for (const session of this.sessions) if (session.wasOpen && session.room > 0) return session
    return undefined
  }

  private mayOpen(): boolean {
    return mayConnect(this.rules, this.sessions.size)
  }

  private openAsNeeded(): void {
    let connecting = 0
    for (const { wasOpen } of this.sessions) if (!wasOpen) connecting += 1
    if (this.waiting.length <= connecting * STREAMS_EXPECTED || !this.mayOpen()) return
    const session = new Http2Session(this, this.target)
    this.sessions.add(session)
    this.rules.opened.count += 1
    this.connectQueue.add(session, systemClock.now())
  }

  private next(): PendingRequest | undefined {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      if (!next.isOver) return next
    }
    return undefined
  }
}
