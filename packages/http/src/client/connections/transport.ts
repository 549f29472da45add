import type { WireBody } from '../request/request-body.js'
import type { RawHeaders } from '../response/raw-headers.js'

/** One request as a transport sends it. */
export interface TransportRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** Names and values in turn. */
  readonly headers: string[]
  readonly body: WireBody
  /** Whether it may be repeated, as far as a transport wants to know. */
  readonly idempotent: boolean
}

/** What a transport calls back, in this order: `onConnect`, `onRequestSent`, `onHeaders`, `onData`s, and one of the ends. */
export interface TransportListener {
  /** It is on a connection from now on. Throws when nobody wants it any more: then it must not be sent. */
  onConnect(abort: (reason?: Error) => void): void
  /** The whole request is written. */
  onRequestSent(): void
  /** The head of the answer; `false` asks to wait with the rest until `resume` is called. */
  onHeaders(status: number, rawHeaders: RawHeaders, resume: () => void, statusText: string): boolean
  /** A part of the body; `false` as with `onHeaders`. */
  onData(chunk: Buffer): boolean
  onComplete(): void
  onError(error: Error): void
}

/** What carries one exchange at a time to an endpoint. */
export interface Connection {
  dispatch(request: TransportRequest, listener: TransportListener): void
  /** The exchange has ended and the connection is as good as before. */
  release(): void
  /** The exchange has not ended well: nothing more is sent here. */
  discard(reason: Error): void
}

/** The connections to one endpoint. */
export interface Connections {
  /** No further exchange can begin now. */
  readonly full: boolean
  acquire(): Connection
  /** Lets exchanges under way end, then closes everything. */
  close(): Promise<void>
  destroy(): Promise<void>
}

/** What carries requests to endpoints: sockets, or the memory of a test. */
export interface Transport {
  /**
   * The connections to an origin, such as `http://127.0.0.1:7001`, which is asked for by the name in `namedOrigin`. They
   * are opened as requests need them.
   */
  open(origin: string, namedOrigin: string): Connections
}
