import type { LookupFunction } from 'node:net'
import { ConnectionPool } from './connection-pool.js'
import { limitedConnector, type TlsOptions } from './connector.js'
import { MultiplexedConnections } from './multiplexed-connections.js'
import { type ProxySettings, proxyFor } from './proxy-settings.js'
import type { Transport } from './transport.js'

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

/** Carries requests over sockets of its own. */
export function socketTransport(options: ConnectionOptions): Transport {
  const { connectMs, tls, allowH2, lookup, socketPath, proxy: settings, ...pool } = options
  return {
    open: (origin, namedOrigin) => {
      const proxy = settings === undefined ? undefined : proxyFor(new URL(namedOrigin), settings)
      const connect = limitedConnector({ origin, connectMs, tls, allowH2, lookup, socketPath, proxy })
      return allowH2
        ? new MultiplexedConnections(origin, { ...pool, connect, connectMs })
        : new ConnectionPool(origin, { ...pool, connect, connectMs })
    },
  }
}
