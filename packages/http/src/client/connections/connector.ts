import type { LookupFunction, Socket } from 'node:net'
import type { buildConnector } from 'undici'
import { afterInput } from '../../runtime/limit-queue.js'
import { clock } from '../../runtime/clock.js'
import { ConnectTimeoutError } from '../failure/time-limit-error.js'
import { proxyTunnel } from './proxy-tunnel.js'
import { undici } from './undici.js'

/** What TLS needs beyond the defaults of Node: own authorities, a client certificate. */
export interface TlsOptions {
  readonly ca?: string | Buffer | (string | Buffer)[] | undefined
  readonly cert?: string | Buffer | undefined
  readonly key?: string | Buffer | undefined
  /** The name that the certificate must have. Default: the host of the endpoint. */
  readonly servername?: string | undefined
  /** Default `true`. `false` trusts anybody. */
  readonly rejectUnauthorized?: boolean | undefined
}

export interface ConnectorOptions {
  readonly origin: string
  /** Milliseconds; `Infinity` for no limit. Covers the TLS handshake. Asked for each connection. */
  readonly connectMs: () => number
  readonly tls?: TlsOptions | undefined
  readonly allowH2: boolean
  /** Looks names up in place of the system. */
  readonly lookup?: LookupFunction | undefined
  /** A Unix socket to connect to, whatever the origin says. */
  readonly socketPath?: string | undefined
  readonly proxy?: URL | undefined
}

/**
 * Opens connections within a limit that is kept to the millisecond; the transport's own is right to half a second
 * only. One timer a connection, which is rare, so that requests pay nothing.
 */
export function limitedConnector(options: ConnectorOptions): buildConnector.connector {
  const { origin, connectMs, tls, allowH2, lookup, socketPath, proxy } = options
  const direct = undici.buildConnector({
    ...tls,
    lookup,
    socketPath,
    allowH2,
    timeout: 0,
  } as buildConnector.BuildOptions)
  const connect = proxy === undefined ? direct : proxyTunnel(proxy, direct)
  return (target, callback) => {
    const timeoutMs = connectMs()
    if (timeoutMs === Infinity) return connect(target, callback)
    let isDecided = false
    // The types say that nothing is returned; the transport returns the socket that it is opening.
    const socket = connect(target, (error, opened) => {
      isDecided = true
      timer.cancel()
      if (error === null) callback(null, opened)
      else callback(error, null)
    }) as unknown as Socket | undefined
    const giveUp = (): void => {
      if (!isDecided) socket?.destroy(new ConnectTimeoutError({ endpoint: origin, timeoutMs }))
    }
    // One turn later, so that a connection is seen that came up while this process was busy.
    const timer = clock.setTimer(timeoutMs, () => afterInput(giveUp))
  }
}
