import type { RequestHead } from '../http1/index.js'

/** Whoever made a request, and waits for its answer: a connection of HTTP/1.1, or a stream of HTTP/2. */
export interface Caller {
  /** True until the answer has ended. */
  readonly request: RequestHead
  /** Where it comes from, as an address. */
  readonly address: string
  readonly isSecure: boolean
  /** Why it may not call, as its certificate says. */
  readonly refusal: string | undefined
  /** Whether its headers may steer the proxy. */
  readonly isTrusted: boolean
  /** No more of the answer should come for now: `drained` of the exchange says when it may. */
  readonly isFull: boolean
  /** Send the body that you have announced. */
  continue(): void
  /** A status from 102 to 199 before the answer. */
  inform(status: number, lines: string): void
  /** The head of the answer: `lines` end in CR LF each, and frame nothing but a `Content-Length` that came with them. */
  respond(status: number, lines: string, bodyLength: number): void
  /** The answer is 101: what follows both ways is another protocol. */
  switchProtocol(lines: string): void
  /** Part of the body, which is true until this returns. */
  data(bytes: Buffer, start: number, end: number): void
  /** The answer has ended; `trailers` are lines. */
  finish(trailers: string): void
  /** The answer cannot be ended: the caller must not take it for whole. */
  cut(): void
  /** No more of the request's body, until `resumeBody`. */
  pauseBody(): void
  resumeBody(): void
}
