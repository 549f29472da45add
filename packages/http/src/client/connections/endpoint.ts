import type { LookupFunction } from 'node:net'
import type { Target } from '@watertight/traffic'
import type { Connections } from './connection.js'
import { ConnectionPool } from './connection-pool.js'
import { MultiplexedConnections } from './multiplexed-connections.js'
import { limitedConnector, type TlsOptions } from './connector.js'
import { type ProxySettings, proxyFor } from './proxy-settings.js'

/** How connections to the endpoints of a destination are made. */
export interface ConnectionOptions {
  /** Asked for each connection, since it may change. */
  readonly connectMs: () => number
  readonly tls: TlsOptions | undefined
  readonly allowH2: boolean
  readonly lookup: LookupFunction | undefined
  readonly socketPath: string | undefined
  readonly proxy: ProxySettings | undefined
  /** Idle connections are closed after this long. */
  readonly keepAliveMs: number
  /** Bytes of a response's head. */
  readonly headerBytesMax: number
  /** Connections that may be open or opening. */
  readonly max: number
}

/** Where an endpoint is, and by which name it is addressed there. */
export interface EndpointAddress {
  /** Such as `http://127.0.0.1:7001`. */
  readonly origin: string
  /** The `host` to ask for when the origin was resolved to an address; undefined when it says it itself. */
  readonly host: string | undefined
}

/** One place where a destination answers, with its own connections. */
export class Endpoint implements Target {
  readonly origin: string
  readonly host: string | undefined
  /** The origin by the name that it is asked for. */
  readonly namedOrigin: string
  /** Its place in the list of all, which may change when names are resolved again. */
  index: number
  /** Requests under way, until the end of their responses. */
  active: number = 0
  readonly #options: ConnectionOptions
  #connections: Connections | undefined = undefined

  constructor(address: EndpointAddress, index: number, options: ConnectionOptions) {
    this.origin = address.origin
    this.host = address.host
    const scheme = address.origin.slice(0, address.origin.indexOf('//'))
    this.namedOrigin = address.host === undefined ? address.origin : `${scheme}//${address.host}`
    this.index = index
    this.#options = options
  }

  /** Opened as requests need them. */
  get connections(): Connections {
    return (this.#connections ??= this.#open())
  }

  get full(): boolean {
    return this.connections.full
  }

  /** Lets requests under way end, then closes the connections. */
  async close(): Promise<void> {
    await this.#connections?.close()
  }

  async destroy(): Promise<void> {
    await this.#connections?.destroy()
  }

  #open(): Connections {
    const { origin } = this
    const { connectMs, tls, allowH2, lookup, socketPath, proxy: settings, ...pool } = this.#options
    const proxy = settings === undefined ? undefined : proxyFor(new URL(this.namedOrigin), settings)
    const connect = limitedConnector({ origin, connectMs, tls, allowH2, lookup, socketPath, proxy })
    return allowH2
      ? new MultiplexedConnections(origin, { ...pool, connect })
      : new ConnectionPool(origin, { ...pool, connect })
  }
}
