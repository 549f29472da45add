import type { HeaderBlock, ResponseHead } from '../http1/index.js'
import type { FailureClass } from '@watertight/traffic'

/** What is sent to an endpoint, whatever protocol it speaks. Lines of headers end in CR LF each. */
export interface OutgoingHead {
  readonly method: string
  readonly target: string
  readonly lines: string
  /** Bytes of the body, or `CHUNKED` when it is not known. */
  readonly bodyLength: number
  readonly upgrade: boolean
}

/** Hears what became of one request to an endpoint. Nothing is told any more after `ended`, `failed` or `abort`. */
export interface UpstreamListener {
  /** A connection is there: send the request by `stream`. */
  granted(stream: UpstreamStream): void
  /** A status from 100 to 199, which 101 is none of. */
  informed(head: ResponseHead): void
  /** The head, which is true until this returns. */
  answered(head: ResponseHead): void
  /** Part of the body, true until this returns. */
  data(bytes: Buffer, start: number, end: number): void
  ended(trailers: HeaderBlock | undefined): void
  /** All that was read at once has been told: time to write what it came to. */
  readEnded(): void
  /** There is room for more of the request. */
  drained(): void
  /**
   * `resendsMax`: how often it may be sent at most, by other connections, before that is the next attempt's matter: never
   * where somebody may have read it, and else by what is known of the connection.
   */
  failed(failure: FailureClass, detail: string, resendsMax: number): void
}

/** Its connection had been closed, or was being left, when the request came, so that nobody read it. */
export const RESENDS_OF_STALE = 1
/**
 * Its connection was left after it had done its share of requests, and this one came after them: there is nothing wrong
 * with the service, and whoever is first in the queue is among those that the next connection answers.
 */
export const RESENDS_IN_TURN = 10

/** One request on a connection to an endpoint. */
export interface UpstreamStream {
  /** Sends the head; `body` is the whole of it, if it is small and there already. */
  send(head: OutgoingHead, body: string | undefined): void
  /** Sends part of the body; `false` when there is no room for more. */
  write(bytes: Buffer): boolean
  /** The request has ended; `trailers` are lines. */
  finish(trailers: string): void
  /** Nothing more is told until `resume`. */
  pause(): void
  resume(): void
  /** Nobody wants the answer any more. */
  abort(): void
}
