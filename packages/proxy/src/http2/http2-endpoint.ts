import { expiryQueue, systemClock } from '@watertight/policy/decisions'
import type { HeaderNames, Http1Limits } from '../http1/index.js'
import type { ConnectionTarget } from '../upstream/upstream-connection.js'
import {
  type ConnectionLimits,
  type Endpoint,
  mayConnect,
  type PendingRequest,
} from '../upstream/endpoint.js'
import { WaitingRequests } from '../upstream/waiting-requests.js'
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
  private readonly waiting: WaitingRequests = new WaitingRequests()
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
  }

  reconfigure(rules: ConnectionLimits): void {
    this.rules = rules
  }

  get full(): boolean {
    return !this.mayOpen() && this.roomy() === undefined
  }

  get connections(): number {
    return this.sessions.size
  }

  get pending(): number {
    return this.waiting.count
  }

  acquire(request: PendingRequest): boolean {
    const session = this.waiting.count === 0 ? this.roomy() : undefined
    if (session !== undefined) {
      session.begin(request)
      return true
    }
    if (!this.mayOpen() && !this.waiting.areFewerThan(this.rules.pendingMax)) return false
    this.waiting.add(request)
    this.openAsNeeded()
    return true
  }

  connected(session: Http2Session): void {
    this.roomier(session)
  }

  roomier(session: Http2Session): void {
    while (session.wasOpen && session.room > 0) {
      const next = this.waiting.next()
      if (next === undefined) break
      session.begin(next)
    }
    if (!session.isIdle || !session.wasOpen) return
    if (this.isClosed) session.destroy()
    else if (!session.waits) expiryQueue(systemClock, this.rules.idleMs).add(session, systemClock.now())
  }

  closed(session: Http2Session, detail: string): void {
    if (this.sessions.delete(session)) this.rules.opened.count -= 1
    if (!session.wasOpen) this.waiting.next()?.failed('connect-failure', detail, false)
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
    if (this.waiting.count <= connecting * STREAMS_EXPECTED || !this.mayOpen()) return
    const session = new Http2Session(this, this.target)
    this.sessions.add(session)
    this.rules.opened.count += 1
    expiryQueue(systemClock, this.rules.connectMs).add(session, systemClock.now())
  }
}
