import { expiryQueue, type ExpiryQueue, systemClock } from '@watertight/policy/decisions'
import type { HeaderNames, Http1Limits } from '../http1/index.js'
import { type ConnectionLimits, type Endpoint, mayConnect, type PendingRequest } from './endpoint.js'
import { FollowedName, leaveOthers, type NameFollower } from './followed-name.js'
import type { ConnectionTarget } from './open-socket.js'
import { type ConnectionOwner, UpstreamConnection } from './upstream-connection.js'
import { WaitingRequests } from './waiting-requests.js'

/** An endpoint that speaks HTTP/1.1: each connection to it carries one request at a time. */
export class UpstreamEndpoint implements Endpoint, ConnectionOwner, NameFollower {
  readonly origin: string
  readonly names: HeaderNames
  readonly limits: Http1Limits
  index: number
  active: number = 0
  private readonly target: ConnectionTarget
  private readonly name: FollowedName | undefined
  private rules: ConnectionLimits
  private readonly idle: UpstreamConnection[] = []
  private idleQueue: ExpiryQueue
  private readonly waiting: WaitingRequests = new WaitingRequests()
  private readonly all: Set<UpstreamConnection> = new Set()
  private connecting: number = 0
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
    this.target = target
    this.name = FollowedName.of(target.host, this, systemClock.now())
    this.rules = rules
    this.names = codec.names
    this.limits = codec.limits
    this.idleQueue = expiryQueue(systemClock, rules.idleMs)
  }

  reconfigure(rules: ConnectionLimits): void {
    this.rules = rules
    this.idleQueue = expiryQueue(systemClock, rules.idleMs)
  }

  get full(): boolean {
    return this.idle.length === 0 && !this.canOpen
  }

  private get canOpen(): boolean {
    return mayConnect(this.rules, this.all.size)
  }

  get connections(): number {
    return this.all.size
  }

  get pending(): number {
    return this.waiting.count
  }

  acquire(request: PendingRequest, isAgain: boolean = false): boolean {
    this.name?.follow(systemClock.now())
    const free = this.idle.pop()
    if (free !== undefined && !isAgain) {
      free.begin(request)
      return true
    }
    free?.destroy()
    const { canOpen } = this
    // Those that are being opened have a request that waits for them alone.
    const most = this.rules.pendingMax + this.connecting
    if (!canOpen && !this.waiting.areFewerThan(most)) return false
    this.waiting.add(request)
    if (canOpen && this.connecting < this.waiting.count) this.open()
    return true
  }

  addressesAre(addresses: ReadonlySet<string>): void {
    leaveOthers(this.all, addresses)
  }

  connected(connection: UpstreamConnection): void {
    this.connecting -= 1
    this.freed(connection, Infinity)
  }

  freed(connection: UpstreamConnection, keepAliveMs: number): void {
    const next = this.waiting.next()
    if (next !== undefined) return connection.begin(next)
    if (this.isClosed) return connection.destroy()
    this.idle.push(connection)
    if (keepAliveMs >= this.rules.idleMs) this.idleQueue.add(connection, systemClock.now())
    else expiryQueue(systemClock, keepAliveMs).add(connection, systemClock.now())
  }

  closed(connection: UpstreamConnection, detail: string): void {
    if (this.all.delete(connection)) this.rules.opened.count -= 1
    const place = this.idle.indexOf(connection)
    if (place >= 0) this.idle.splice(place, 1)
    if (!connection.wasOpen) {
      this.connecting -= 1
      this.waiting.next()?.failed('connect-failure', detail, 0)
    }
    if (this.waiting.count > this.connecting && this.canOpen) this.open()
  }

  close(): void {
    this.isClosed = true
    this.target.secure?.close()
    const idle = this.idle.splice(0)
    for (const connection of idle) connection.destroy()
  }

  private open(): void {
    this.connecting += 1
    const connection = new UpstreamConnection(this, this.target)
    this.all.add(connection)
    this.rules.opened.count += 1
    expiryQueue(systemClock, this.rules.connectMs).add(connection, systemClock.now())
  }
}
