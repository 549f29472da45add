import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { buildConnector } from 'undici'
import { ConnectionPool, type PoolOptions } from '../connection-pool.js'
import type { Connection, Connections } from '../transport.js'
import { SessionPool } from './session-pool.js'

export interface NegotiatedOptions extends PoolOptions {
  /** The origin by the name that it is asked for. */
  readonly namedOrigin: string
  /** As `connect`, without the offer to speak HTTP/2. */
  readonly connectHttp1: buildConnector.connector
  /** Speaks HTTP/2 without asking, as it must be where there is no TLS that could ask (RFC 9113, section 3.3). */
  readonly isAgreed: boolean
}

/** For how long a callee may be silent that ought to speak, where connections have no limit of their own. */
const SILENCE_MS = 10_000

/**
 * Connections over HTTP/2 or HTTP/1.1, whichever TLS agrees on (ALPN): the first one of them all tells, and those that
 * come at the same time wait for it, so that a burst does not open a connection each to a callee that shares one.
 */
export class NegotiatedConnections implements Connections {
  readonly #origin: string
  readonly #options: NegotiatedOptions
  readonly #target: buildConnector.Options
  readonly #sessions: SessionPool
  #pool: ConnectionPool | undefined = undefined
  /** Is open and waits to be the first of the pool. */
  #first: Socket | TLSSocket | undefined = undefined
  /** The callee has asked for HTTP/1.1 where HTTP/2 was agreed on. */
  #isAskedForHttp1: boolean = false

  constructor(origin: string, options: NegotiatedOptions) {
    const { host, hostname, protocol, port } = new URL(origin)
    const { connectMs, keepAliveMs, headerBytesMax, max, namedOrigin } = options
    const named = new URL(namedOrigin)
    this.#origin = origin
    this.#options = options
    this.#target = { hostname: unbracketed(hostname), host: named.host || host, protocol, port }
    const limit = connectMs()
    this.#sessions = new SessionPool({
      endpoint: origin,
      host: named.host,
      silenceMs: limit === Infinity ? SILENCE_MS : limit,
      keepAliveMs,
      headerBytesMax,
      max,
      connectMs,
      connect: () => this.#connect(),
      speakHttp1: () => {
        this.#isAskedForHttp1 = true
        this.#speakHttp1()
      },
    })
  }

  get full(): boolean {
    return this.#pool?.full ?? this.#sessions.full
  }

  acquire(): Connection {
    // Nobody is connected any more: whoever answers now may speak another version.
    const isOver = this.#pool?.isEmpty === true && this.#first === undefined
    if (isOver && !this.#isAskedForHttp1) this.#pool = undefined
    return (this.#pool ?? this.#sessions).acquire()
  }

  async close(): Promise<void> {
    await Promise.all([this.#sessions.close(), this.#pool?.close()])
  }

  async destroy(): Promise<void> {
    await Promise.all([this.#sessions.destroy(), this.#pool?.destroy()])
  }

  #connect(): void {
    this.#options.connect(this.#target, (error, socket) => {
      if (error !== null) this.#sessions.failed(error)
      else if (this.#options.isAgreed || (socket as TLSSocket).alpnProtocol === 'h2')
        this.#sessions.begin(socket)
      else {
        const pool = this.#speakHttp1()
        this.#first = socket
        for (const waiting of this.#sessions.gaveWay()) waiting.grant(pool.acquire())
      }
    })
  }

  #speakHttp1(): ConnectionPool {
    const { connectHttp1 } = this.#options
    return (this.#pool ??= new ConnectionPool(this.#origin, {
      ...this.#options,
      connect: (target, callback) => {
        const first = this.#first
        this.#first = undefined
        // It is not heard while it is being asked.
        if (first?.destroyed === false) queueMicrotask(() => callback(null, first))
        else connectHttp1(target, callback)
      },
    }))
  }
}

function unbracketed(host: string): string {
  return host.startsWith('[') ? host.slice(1, -1) : host
}
