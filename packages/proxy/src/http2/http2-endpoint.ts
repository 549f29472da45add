import { expiryQueue, systemClock } from '@watertight/policy/decisions'
import type { HeaderNames, Http1Limits } from '../http1/index.js'
import type { ConnectionTarget } from '../upstream/open-socket.js'
import {
  type ConnectionLimits,
  type Endpoint,
  mayConnect,
  type PendingRequest,
} from '../upstream/endpoint.js'
import { FollowedName, leaveOthers, type NameFollower } from '../upstream/followed-name.js'
import { WaitingRequests } from '../upstream/waiting-requests.js'
import { Http2Session, type SessionOwner } from './http2-session.js'

/** Requests that one connection is expected to take, before the peer has said. */
const STREAMS_EXPECTED = 100

/** An endpoint that speaks HTTP/2: as many connections as the requests at one time need, and no more. */
export class Http2Endpoint implements Endpoint, SessionOwner, NameFollower {
  readonly origin: string
  readonly names: HeaderNames
  readonly limits: Http1Limits
  index: number
  active: number = 0
  private readonly target: ConnectionTarget
  private readonly name: FollowedName | undefined
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
    this.name = FollowedName.of(target.host, this, systemClock.now())
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
    this.name?.follow(systemClock.now())
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

  addressesAre(addresses: ReadonlySet<string>): void {
    leaveOthers(this.sessions, addresses)
  }

  connected(session: Http2Session): void {
    const { count } = this.waiting
    this.roomier(session)
    // It takes fewer at one time than was expected. One that takes none is no reason for another.
    if (this.waiting.count < count) this.openAsNeeded()
  }

  roomier(session: Http2Session): void {
    while (session.wasOpen && session.free > 0) {
      const next = this.waiting.next()
      if (next === undefined) break
      session.begin(next)
    }
    if (!session.isIdle || !session.wasOpen) return
    if (this.isClosed) session.close()
    else if (!session.waits) expiryQueue(systemClock, this.rules.idleMs).add(session, systemClock.now())
  }

  left(): void {
    this.openAsNeeded()
  }

  closed(session: Http2Session, detail: string): void {
    if (this.sessions.delete(session)) this.rules.opened.count -= 1
    if (!session.wasOpen) this.failWaiting(detail)
    this.openAsNeeded()
  }

  close(): void {
    this.isClosed = true
    this.target.secure?.close()
    for (const session of this.sessions) session.leave()
  }

  /**
   * No connection could be opened. Where there is no other that could take them, all that wait have waited for that one: a
   * connection for each of them, one after the other, would let the last wait as many times as long.
   */
  private failWaiting(detail: string): void {
    for (const { isLeaving } of this.sessions)
      if (!isLeaving) return this.waiting.next()?.failed('connect-failure', detail, 0)
    for (const request of this.waiting.takeAll())
      if (!request.isOver) request.failed('connect-failure', detail, 0)
  }

  private roomy(): Http2Session | undefined {
    for (const session of this.sessions) if (session.wasOpen && session.free > 0) return session
    return undefined
  }

  /** One that is being left may have streams for hours yet, and is nothing that others could wait for. */
  private mayOpen(): boolean {
    let usable = 0
    for (const session of this.sessions) if (!session.isLeaving) usable += 1
    return mayConnect(this.rules, usable)
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
