import { type buildConnector, Client } from 'undici'
import { asDispatched } from './as-dispatched.js'
import type { Connection, Connections, TransportListener, TransportRequest } from './transport.js'

export interface PoolOptions {
  readonly connect: buildConnector.connector
  readonly keepAliveMs: number
  readonly headerBytesMax: number
  /** Connections that may be open or opening, an integer >= 1. */
  readonly max: number
}

/**
 * Connections of HTTP/1.1, each with one exchange at a time; the one that was used last is used next, so that a burst
 * leaves idle connections behind that close, instead of keeping all of them half warm.
 *
 * The transport has a pool too. It looks for a free connection from the first to the last, and it opens a new one for
 * each exchange that was given up, which a callee that is too slow needs least of all: here that connection is gone.
 */
export class ConnectionPool implements Connections {
  readonly #origin: string
  readonly #options: PoolOptions
  readonly #all: Set<PooledConnection> = new Set()
  readonly #idle: PooledConnection[] = []
  #closed: boolean = false

  constructor(origin: string, options: PoolOptions) {
    this.#origin = origin
    this.#options = options
  }

  get full(): boolean {
    return this.#idle.length === 0 && this.#all.size >= this.#options.max
  }

  acquire(): Connection {
    const idle = this.#idle.pop()
    if (idle !== undefined) {
      idle.isIdle = false
      return idle
    }
    const connection = new PooledConnection(this, this.#open())
    this.#all.add(connection)
    return connection
  }

  giveBack(connection: PooledConnection): void {
    if (this.#closed || !this.#all.has(connection)) return
    connection.isIdle = true
    this.#idle.push(connection)
  }

  remove(connection: PooledConnection): void {
    this.#all.delete(connection)
    if (!connection.isIdle) return
    connection.isIdle = false
    this.#idle.splice(this.#idle.indexOf(connection), 1)
  }

  async close(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#all].map(({ client }) => client.close()))
  }

  async destroy(): Promise<void> {
    this.#closed = true
    await Promise.all([...this.#all].map(({ client }) => client.destroy()))
  }

  #open(): Client {
    const { connect, keepAliveMs, headerBytesMax } = this.#options
    return new Client(this.#origin, {
      connect,
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
  readonly #pool: ConnectionPool

  constructor(pool: ConnectionPool, client: Client) {
    this.#pool = pool
    this.client = client
    // Closed while idle, by the callee or because it was not needed for long.
    client.on('disconnect', () => {
      if (this.isIdle) this.#drop(undefined)
    })
  }

  dispatch(request: TransportRequest, listener: TransportListener): void {
    this.client.dispatch(asDispatched(request), listener)
  }

  release(): void {
    this.#pool.giveBack(this)
  }

  discard(reason: Error): void {
    this.#drop(reason)
  }

  #drop(reason: Error | undefined): void {
    this.#pool.remove(this)
    void this.client.destroy(reason ?? null)
  }
}
