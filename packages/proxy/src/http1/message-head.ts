import type { HeaderBlock } from './header-block.js'
import type { TargetForm } from './target-form.js'

/** What the heads of requests and responses have in common. It is true until the reader goes on. */
export interface MessageHead {
  /** 0 or 1. */
  readonly minorVersion: number
  readonly headers: HeaderBlock
  /** Bytes of the body, `CHUNKED`, or for a response `UNTIL_CLOSE`. */
  readonly bodyLength: number
  /** Whether another message may follow on the connection, as far as this side says. */
  readonly keepAlive: boolean
}

/** The head of a request. */
export interface RequestHead extends MessageHead {
  readonly method: string
  readonly target: string
  readonly targetForm: TargetForm
  readonly expectsContinue: boolean
  /** It asks for another protocol on this connection. */
  readonly upgrade: boolean
}

/** The head of a response. */
export interface ResponseHead extends MessageHead {
  readonly status: number
  /** A status below 200, which another head follows; 101 is none of them. */
  readonly informational: boolean
}
