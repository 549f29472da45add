import { isIP, type OnReadOpts } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import type { Credentials } from './credentials.js'
import { serverIdentity } from './server-identity.js'

/** How an endpoint is spoken to in private. */
export interface UpstreamTls {
  /** What is shown to it, and whom it must be vouched for by; undefined for the authorities of the platform. */
  readonly credentials: Credentials | undefined
  /** Who it must prove to be; undefined for its host name. */
  readonly identity: string | undefined
}

/** The connections to one endpoint, which share what was agreed in the first handshake. */
export class SecureConnector {
  private readonly tls: UpstreamTls
  private readonly host: string
  private readonly port: number
  private readonly protocol: string
  private session: Buffer | undefined = undefined
  private unfollow: (() => void) | undefined

  /** `protocol` is what is going to be spoken, as ALPN names it. */
  constructor(tls: UpstreamTls, host: string, port: number, protocol: 'h2' | 'http/1.1') {
    this.tls = tls
    this.protocol = protocol
    this.host = host
    this.port = port
    // What was agreed under other certificates counts no more.
    this.unfollow = tls.credentials?.follow(() => {
      this.session = undefined
    })
  }

  /** `onread` is where what comes is read into, and who hears of it; by default it is reported as `data`. */
  connect(onread?: OnReadOpts): TLSSocket {
    const { credentials, identity } = this.tls
    const socket = connect({
      ...credentials?.options,
      host: this.host,
      port: this.port,
      minVersion: 'TLSv1.2',
      ALPNProtocols: [this.protocol],
      ...(isIP(this.host) === 0 ? { servername: this.host } : {}),
      ...(identity === undefined ? {} : { checkServerIdentity: serverIdentity(identity) }),
      ...(this.session === undefined ? {} : { session: this.session }),
      ...(onread === undefined ? {} : { onread }),
    })
    socket.setNoDelay(true)
    socket.on('session', (session: Buffer) => {
      if (this.unfollow !== undefined || credentials === undefined) this.session = session
    })
    return socket
  }

  /** What is agreed from now on holds for one connection: nobody would hear that the certificates have changed. */
  close(): void {
    this.unfollow?.()
    this.unfollow = undefined
    this.session = undefined
  }
}
