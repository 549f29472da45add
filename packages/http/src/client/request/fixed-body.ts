import type { RequestBody, WireBody } from './request-body.js'

/** Text or bytes in memory. */
export class FixedBody implements RequestBody {
  readonly replayable = true
  readonly shareable = true
  readonly contentType: string | undefined
  readonly whole: string | Uint8Array
  /** The transport counts them itself. */
  readonly byteLength = undefined

  constructor(bytes: string | Uint8Array, contentType: string | undefined) {
    this.whole = bytes
    this.contentType = contentType
  }

  open(): WireBody {
    return this.whole
  }

  close(): void {}
}
