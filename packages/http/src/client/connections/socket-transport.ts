import type { buildConnector } from 'undici'
import type { LookupFunction } from 'node:net'
import { ConnectionPool } from './connection-pool.js'
import { limitedConnector, type TlsOptions } from './connector.js'
import { NegotiatedConnections } from './http2/negotiated-connections.js'
import { type ProxySettings, proxyFor } from './proxy-settings.js'
import type { Transport } from './transport.js'

/** How connections to the endpoints of a destination are made. */
export interface ConnectionOptions {
  /** Asked for each connection, since it may change. */
  readonly connectMs: () => number
  readonly tls: TlsOptions | undefined
  readonly allowH2: boolean | 'h2c'
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
  const { allowH2, proxy: settings, keepAliveMs, headerBytesMax, max, ...way } = options
  return {
    open: (origin, namedOrigin) => {
      const proxy = settings === undefined ? undefined : proxyFor(new URL(namedOrigin), settings)
      const connector = (offersH2: boolean): buildConnector.connector =>
        limitedConnector({ ...way, origin, allowH2: offersH2, proxy })
      const pool = { connectMs: way.connectMs, keepAliveMs, headerBytesMax, max }
      const isAgreed = !origin.startsWith('https:')
      if (allowH2 === false || (isAgreed && allowH2 !== 'h2c'))
        return new ConnectionPool(origin, { ...pool, connect: connector(false) })
      const connectHttp1 = connector(false)
      return new NegotiatedConnections(origin, {
        ...pool,
        namedOrigin,
        isAgreed,
        connect: connector(!isAgreed),
        connectHttp1,
      })
    },
  }
}
