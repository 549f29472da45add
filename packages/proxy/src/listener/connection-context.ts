import type { Socket } from 'node:net'
import type { ProxyContext } from '../exchange/proxy-context.js'
import type { Http1Limits } from '../http1/index.js'
import type { CallerLimits, CallerQueues } from './caller-limits.js'

/** A connection from a caller, whatever it speaks. */
export interface ListenedConnection {
  /** Takes in nothing new, and closes once what is under way has ended. */
  drain(): void
  /** Closes now. */
  destroy(): void
}

/** What all connections of a listener share. */
export interface ConnectionContext {
  readonly proxy: ProxyContext
  readonly http1: Http1Limits
  readonly limits: CallerLimits
  readonly queues: CallerQueues
  /** No connection is to be used again. */
  readonly isDraining: boolean
  isTrusted(address: string): boolean
  closed(connection: ListenedConnection): void
  /** A connection that has been taken for HTTP/1.1 begins with what HTTP/2 begins with: `first` are its first bytes. */
  speaksHttp2(connection: ListenedConnection, socket: Socket, first: Buffer): void
}
