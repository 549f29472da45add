import type { buildConnector, Client, Dispatcher } from 'undici'
import { afterInput, limitQueue } from '../../runtime/limit-queue.js'
import { clock } from '../../runtime/clock.js'
import { ConnectionsInUseError } from '../failure/time-limit-error.js'
import { InterimFilter } from './interim-filter.js'
import type { Connection, Connections, TransportListener, TransportRequest } from './transport.js'
import { undici } from './undici.js'
import { WAITING_MAX, WaitingConnection, type WaitingRoom } from './waiting-connection.js'

export interface PoolOptions {
  readonly connect: buildConnector.connector
  readonly keepAliveMs: number
  readonly headerBytesMax: number
  /** Connections that may be open or opening, an integer >= 1. */
  readonly max: number
  /** How long an exchange may wait for one when all are in use; asked for each. */
  readonly connectMs: () => number
}

/**
 * Connections of HTTP/1.1, each with one exchange at a time; the one that was used last is used next, so that a burst
 * leaves idle connections behind that close, instead of keeping all of them half warm.
 *
 * The transport has a pool too. It looks for a free connection from the first to the last, and it opens a new one for
 * each exchange that was given up, which a callee that is too slow needs least of all: here that connection is gone.
 */
export class ConnectionPool implements Connections, WaitingRoom {
  readonly #origin: string
  readonly #options: PoolOptions
  readonly #all: Set<PooledConnection> = new Set()
  readonly #idle: PooledConnection[] = []
  readonly #waiting: Set<WaitingConnection> = new Set()
  /** Released in this turn of the event loop. */
  #warm: PooledConnection[] = []
  #closed: boolean = false

  constructor(origin: string, options: PoolOptions) {
    this.#origin = origin
    this.#options = options
  }

  get full(): boolean {
    return this.#idle.length === 0 && this.#all.size >= this.#options.max
  }

  /** No connection is open or opening, so that nobody waits for one either. */
  get isEmpty(): boolean {
    return this.#all.size === 0
  }

  acquire(): Connection {
    const idle = this.#idle.pop()
    if (idle !== undefined) {
      idle.isIdle = false
      return idle
    }
    return this.#all.size < this.#options.max ? this.#add() : this.#wait()
  }

  giveBack(connection: PooledConnection): void {
    if (this.#closed || !this.#all.has(connection)) return
    connection.isWarm = true
    this.#warm.push(connection)
    if (this.#warm.length === 1) afterInput(this.#cool)
    const [first] = this.#waiting
    if (first !== undefined) this.#grant(first, connection)
    else {
      connection.isIdle = true
      this.#idle.push(connection)
    }
  }

  remove(connection: PooledConnection): void {
    this.#all.delete(connection)
    if (connection.isIdle) {
      connection.isIdle = false
      this.#idle.splice(this.#idle.indexOf(connection), 1)
    }
    const [first] = this.#waiting
    if (first !== undefined && !this.#closed) this.#grant(first, this.#add())
  }

  leave(waiting: WaitingConnection): void {
    waiting.end()
    this.#waiting.delete(waiting)
  }

  inUse(timeoutMs: number): Error {
    const { max } = this.#options
    return new ConnectionsInUseError({ endpoint: this.#origin, timeoutMs, connections: max })
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#all].map(({ client }) => client.close()))
  }

  async destroy(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#all].map(({ client }) => client.destroy()))
  }

  #add(): PooledConnection {
    const filter = new InterimFilter(this.#options.headerBytesMax)
    const connection = new PooledConnection(this, this.#open(filter), filter)
    this.#all.add(connection)
    return connection
  }

  #wait(): Connection {
    const waiting = new WaitingConnection(this)
    if (this.#waiting.size >= WAITING_MAX) {
      afterInput(() => waiting.refuse(this.inUse(0)))
      return waiting
    }
    limitQueue(this.#options.connectMs())?.add(waiting, clock.now())
    this.#waiting.add(waiting)
    return waiting
  }

  #grant(waiting: WaitingConnection, connection: Connection): void {
    this.#waiting.delete(waiting)
    waiting.grant(connection)
  }

  /** By now it has been read whether the callee has closed any of them. */
  readonly #cool = (): void => {
    const warm = this.#warm
    this.#warm = []
    for (const connection of warm) connection.cool()
  }

  #open(filter: InterimFilter): Client {
    const { connect, keepAliveMs, headerBytesMax } = this.#options
    return new undici.Client(this.#origin, {
      connect: (target, callback) =>
        connect(target, (...opened) => {
          // A failure comes alone, whatever the types say of a second argument.
          if (opened[0] === null) filter.watch(opened[1])
          callback(...opened)
        }),
      keepAliveTimeout: keepAliveMs,
      maxHeaderSize: headerBytesMax,
      // The exchange keeps these limits itself: to the millisecond, and without a timer for each connection.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }
}

class PooledConnection implements Connection {
  readonly client: Client
  isIdle: boolean = false
  /**
   * Its last exchange has ended in this turn of the event loop. Many callees close a connection right after an answer
   * without saying so: that can be read one turn later, and a request sent before would be lost.
   */
  isWarm: boolean = false
  #request: TransportRequest | undefined = undefined
  #listener: TransportListener | undefined = undefined
  readonly #pool: ConnectionPool
  readonly #filter: InterimFilter

  constructor(pool: ConnectionPool, client: Client, filter: InterimFilter) {
    this.#pool = pool
    this.client = client
    this.#filter = filter
    // Closed while idle, by the callee or because it was not needed for long.
    client.on('disconnect', () => {
      if (this.isIdle) this.#drop(undefined)
    })
  }

  dispatch(request: TransportRequest, listener: TransportListener): void {
    if (this.isWarm) {
      this.#request = request
      this.#listener = listener
    } else this.#send(request, listener)
  }

  /** What has come in was read: if it was closed, the transport connects anew. */
  cool(): void {
    this.isWarm = false
    if (this.#listener === undefined) return
    const [request, listener] = [this.#request!, this.#listener]
    this.#request = undefined
    this.#listener = undefined
    this.#send(request, listener)
  }

  release(): void {
    this.#pool.giveBack(this)
  }

  discard(reason: Error): void {
    this.#drop(reason)
  }

  #send(request: TransportRequest, listener: TransportListener): void {
    this.#filter.expectHead()
    // It sends any async iterable as a body, although its types name streams only.
    this.client.dispatch(request as Dispatcher.DispatchOptions, listener)
  }

  #drop(reason: Error | undefined): void {
    this.#pool.remove(this)
    void this.client.destroy(reason ?? null)
  }
}
