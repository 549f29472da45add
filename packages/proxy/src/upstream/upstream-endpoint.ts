import { ExpiryQueue, systemClock } from '@watertight/policy/decisions'
import type { HeaderNames, Http1Limits } from '../http1/index.js'
import { type ConnectionLimits, type Endpoint, mayConnect, type PendingRequest } from './endpoint.js'
import { type ConnectionOwner, type ConnectionTarget, UpstreamConnection } from './upstream-connection.js'

/** An endpoint that speaks HTTP/1.1: each connection to it carries one request at a time. */
export class UpstreamEndpoint implements Endpoint, ConnectionOwner {
  readonly origin: string
  readonly names: HeaderNames
  readonly limits: Http1Limits
  index: number
  active: number = 0
  private readonly target: ConnectionTarget
  private rules: ConnectionLimits
  private readonly idle: UpstreamConnection[] = []
  private idleQueue: ExpiryQueue
  private readonly waiting: PendingRequest[] = []
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
    this.rules = rules
    this.names = codec.names
    this.limits = codec.limits
    this.idleQueue = new ExpiryQueue(systemClock, rules.idleMs)
  }

  reconfigure(rules: ConnectionLimits): void {
    const { idleMs } = this.rules
    this.rules = rules
    if (rules.idleMs !== idleMs) this.idleQueue = new ExpiryQueue(systemClock, rules.idleMs)
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
    return this.waiting.length
  }

  acquire(request: PendingRequest, isAgain: boolean = false): boolean {
    const free = this.idle.pop()
    if (free !== undefined && !isAgain) {
      free.begin(request)
      return true
    }
    free?.destroy()
    const { canOpen } = this
    // Those that are being opened have a request that waits for them alone.
    const most = this.rules.pendingMax + this.connecting
    if (!canOpen && this.waiting.length >= most) this.forgetThoseGone()
    if (!canOpen && this.waiting.length >= most) return false
    this.waiting.push(request)
    if (canOpen && this.connecting < this.waiting.length) this.open()
    return true
  }

  connected(connection: UpstreamConnection): void {
    this.connecting -= 1
    this.freed(connection, Infinity)
  }

  freed(connection: UpstreamConnection, keepAliveMs: number): void {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      if (!next.isOver) return connection.begin(next)
    }
    if (this.isClosed) return connection.destroy()
    this.idle.push(connection)
    if (keepAliveMs >= this.rules.idleMs) this.idleQueue.add(connection, systemClock.now())
    else shortQueue(keepAliveMs).add(connection, systemClock.now())
  }

  closed(connection: UpstreamConnection, detail: string): void {
    if (this.all.delete(connection)) this.rules.opened.count -= 1
    const place = this.idle.indexOf(connection)
    if (place >= 0) this.idle.splice(place, 1)
    if (!connection.wasOpen) {
      this.connecting -= 1
      this.next()?.failed('connect-failure', detail, false)
    }
    if (this.waiting.length > this.connecting && this.canOpen) this.open()
  }

  close(): void {
    this.isClosed = true
    const idle = this.idle.splice(0)
    for (const connection of idle) connection.destroy()
  }

  /** Callers that have left hold no place. */
  private forgetThoseGone(): void {
    const waiting = this.waiting.filter(({ isOver }) => !isOver)
    this.waiting.splice(0, Infinity, ...waiting)
  }

  private next(): PendingRequest | undefined {
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      if (!next.isOver) return next
    }
    return undefined
  }

  private open(): void {
    this.connecting += 1
    const connection = new UpstreamConnection(this, this.target)
    this.all.add(connection)
    this.rules.opened.count += 1
    connectQueue(this.rules.connectMs).add(connection, systemClock.now())
  }
}

const shortQueues = new Map<number, ExpiryQueue>()
const connectQueues = new Map<number, ExpiryQueue>()

function shortQueue(ms: number): ExpiryQueue {
  return queueOf(shortQueues, ms)
}

function connectQueue(ms: number): ExpiryQueue {
  return queueOf(connectQueues, ms)
}

/** Durations come from documents and from a header of endpoints, in whole seconds: they are few. */
function queueOf(queues: Map<number, ExpiryQueue>, ms: number): ExpiryQueue {
  const kept = queues.get(ms)
  if (kept !== undefined) return kept
  const queue = new ExpiryQueue(systemClock, ms)
  if (queues.size < 1_024) queues.set(ms, queue)
  return queue
}
