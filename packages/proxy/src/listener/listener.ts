import { isDeepStrictEqual } from 'node:util'
import { createServer, type Server, type Socket } from 'node:net'
import type { ProxyContext } from '../exchange/proxy-context.js'
import { type Http1Limits, http1LimitDefaults } from '../http1/index.js'
import { Http2Connection } from '../http2/http2-connection.js'
import { readIntoShared } from '../sockets/read-into-shared.js'
import type { Admission } from '../tls/allowed-callers.js'
import { type ListenerTls, secureServer } from '../tls/secure-server.js'
import { callerAddress } from './caller-address.js'
import { CallerConnection } from './caller-connection.js'
import type { ConnectionContext, ListenedConnection } from './connection-context.js'
import { callerLimitDefaults, type CallerLimits, CallerQueues } from './caller-limits.js'

export interface ListenerOptions {
  readonly proxy: ProxyContext
  readonly host: string
  readonly port: number
  readonly http1?: Http1Limits | undefined
  readonly limits?: CallerLimits | undefined
  /** Whether headers of a caller at this address may steer the proxy. Default nobody's. */
  readonly isTrusted?: ((address: string) => boolean) | undefined
  /** Default: plain text. */
  readonly tls?: ListenerTls | undefined
}

/** A listener would have to listen at another place. */
export class FixedListenerError extends Error {
  override readonly name = 'FixedListenerError'
  readonly code = 'WT_FIXED_LISTENER'
}

/** One port on which requests are taken in. */
export class Listener implements ConnectionContext {
  proxy: ProxyContext
  http1: Http1Limits
  limits: CallerLimits
  queues: CallerQueues
  isDraining: boolean = false
  private options: ListenerOptions
  private readonly server: Server
  private readonly connections: Set<ListenedConnection> = new Set()
  private onDrained: (() => void) | undefined = undefined
  private drained: Promise<void> | undefined = undefined

  constructor(options: ListenerOptions) {
    this.options = options
    this.proxy = options.proxy
    this.http1 = options.http1 ?? http1LimitDefaults
    this.limits = options.limits ?? callerLimitDefaults
    this.queues = new CallerQueues(this.limits)
    this.server =
      options.tls === undefined
        ? createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: true }, (accepted) =>
            this.accept(readIntoShared(accepted)),
          )
        : secureServer(() => this.options.tls!, {
            accepted: (socket, admission = {}) => {
              if (socket.alpnProtocol === 'h2') this.acceptHttp2(socket, admission)
              else this.accept(socket, admission)
            },
            refused: (address, reason) => this.proxy.log?.refusedConnection(address, reason),
          })
  }

  /** Takes over what can change while it listens, for requests that come from now on. */
  update(options: ListenerOptions): void {
    this.options = options
    this.proxy = options.proxy
    this.http1 = options.http1 ?? http1LimitDefaults
    if (isDeepStrictEqual(this.limits, options.limits)) return
    this.limits = options.limits ?? callerLimitDefaults
    this.queues = new CallerQueues(this.limits)
  }

  /** @throws {FixedListenerError} for what cannot change while it listens */
  requireStays(name: string, wanted: ListenerOptions): void {
    const { host, port } = this.options
    if (wanted.host === host && wanted.port === port) return
    throw new FixedListenerError(
      `cannot move ${name} from ${host}:${port} to ${wanted.host}:${wanted.port} while it listens: start the proxy again`,
    )
  }

  /** The port that it listens at. */
  get port(): number {
    const address = this.server.address()
    return typeof address === 'object' && address !== null ? address.port : this.options.port
  }

  get connectionCount(): number {
    return this.connections.size
  }

  isTrusted(address: string): boolean {
    return this.options.isTrusted?.(address) ?? false
  }

  /** Rejects when the port cannot be had. */
  listen(): Promise<void> {
    const { host, port } = this.options
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen({ host, port, backlog: 1_024 }, () => {
        this.server.removeListener('error', reject)
        resolve()
      })
    })
  }

  /** Takes in nothing new, lets what is under way end, and resolves when all connections have closed. */
  drain(): Promise<void> {
    if (this.drained !== undefined) return this.drained
    this.isDraining = true
    this.server.close()
    for (const connection of this.connections) connection.drain()
    this.drained = new Promise((resolve) => {
      this.onDrained = resolve
      if (this.connections.size === 0) resolve()
    })
    return this.drained
  }

  /** Closes everything now. */
  destroy(): void {
    this.server.close()
    for (const connection of this.connections) connection.destroy()
  }

  closed(connection: ListenedConnection): void {
    this.connections.delete(connection)
    if (this.connections.size === 0) this.onDrained?.()
  }

  speaksHttp2(connection: ListenedConnection, socket: Socket, first: Buffer): void {
    this.connections.delete(connection)
    this.acceptHttp2(socket, undefined, first)
  }

  private accept(socket: Socket, admission?: Partial<Admission>): void {
    this.keep(new CallerConnection(socket, this, admission))
  }

  private acceptHttp2(socket: Socket, admission: Partial<Admission> | undefined, first?: Buffer): void {
    const address = callerAddress(socket)
    const isTrusted = this.isTrusted(address)
    const origin = { address, isTrusted, isSecure: admission !== undefined, refusal: admission?.refused }
    this.keep(new Http2Connection(socket, this, origin, first))
  }

  /** One whose handshake, or first bytes, came while others were told that there is an end is told so too. */
  private keep(connection: ListenedConnection): void {
    this.connections.add(connection)
    if (this.isDraining) connection.drain()
  }
}
