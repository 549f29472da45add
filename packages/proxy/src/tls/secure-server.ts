import type { Server } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { callerAddress } from '../listener/caller-address.js'
import type { Admission, AllowedCallers } from './allowed-callers.js'
import type { Credentials } from './credentials.js'

/** How a listener speaks TLS. */
export interface ListenerTls {
  readonly credentials: Credentials
  /** Who may call, by certificate. Undefined where nobody has to show one. */
  readonly callers: AllowedCallers | undefined
}

/** What a listener hears of connections. */
export interface SecureConnections {
  /** The handshake has ended. `admission` is undefined where nobody has to show a certificate. */
  accepted(socket: TLSSocket, admission: Partial<Admission> | undefined): void
  /** There is no connection: the handshake failed, or the caller's certificate is not trusted. */
  refused(address: string, reason: string): void
}

/** A caller that connects and says nothing must not hold a place. */
const HANDSHAKE_MS = 10_000

/**
 * A server whose connections are encrypted, by the certificates that are in force when each begins, and for the callers
 * that may call then: `current` is asked for each.
 */
export function secureServer(current: () => ListenerTls, connections: SecureConnections): Server {
  const { credentials, callers } = current()
  const server = createServer({
    ...credentials.options,
    noDelay: true,
    allowHalfOpen: true,
    handshakeTimeout: HANDSHAKE_MS,
    ALPNProtocols: ['h2', 'http/1.1'],
    requestCert: callers !== undefined,
    // Judged below, so that the reason can be told.
    rejectUnauthorized: false,
  })
  const unfollow = credentials.follow(() => server.setSecureContext(credentials.options))
  server.on('close', unfollow)
  server.on('secureConnection', (socket) => {
    const admission = current().callers?.judge(socket)
    if (admission === undefined || admission.isBelieved) return connections.accepted(socket, admission)
    socket.on('error', () => undefined)
    socket.destroy()
    connections.refused(callerAddress(socket), admission.refused ?? '')
  })
  server.on('tlsClientError', (error, socket) => {
    socket.destroy()
    connections.refused(callerAddress(socket), `the handshake failed: ${error.message}`)
  })
  return server
}
