import type { ReplayableStream } from './replayable-stream.js'
import type { RequestBody, WireBody } from './request-body.js'

/** A stream: sent again as long as what was read of it has been kept. */
export class StreamedBody implements RequestBody {
  readonly shareable = false
  readonly contentType = undefined
  readonly whole = undefined
  readonly byteLength = undefined
  readonly #stream: ReplayableStream

  constructor(stream: ReplayableStream) {
    this.#stream = stream
  }

  get replayable(): boolean {
    return this.#stream.replayable
  }

  open(): WireBody {
    return this.#stream.open()
  }

  close(reason?: Error): void {
    this.#stream.close(reason)
  }
}
