import { HeaderBlock } from './header-block.js'
import type { TargetForm } from './request-target.js'

/** The head of a request, true until the next one is read from the same reader. */
export interface RequestHead {
  readonly method: string
  readonly target: string
  readonly targetForm: TargetForm
  readonly minorVersion: number
  readonly headers: HeaderBlock
  /** Bytes of the body, or `CHUNKED`. */
  readonly bodyLength: number
  /** Whether another request may follow on the connection, as far as the caller says. */
  readonly keepAlive: boolean
  readonly expectsContinue: boolean
  /** It asks for another protocol on this connection. */
  readonly upgrade: boolean
}

/** The head of a response, true until the reader goes on. */
export interface ResponseHead {
  readonly status: number
  readonly minorVersion: number
  readonly headers: HeaderBlock
  /** Bytes of the body, `CHUNKED` or `UNTIL_CLOSE`. */
  readonly bodyLength: number
  readonly keepAlive: boolean
  /** A status below 200, which another head follows; 101 is none of them. */
  readonly informational: boolean
}
