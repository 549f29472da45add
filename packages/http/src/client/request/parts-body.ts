import type { RequestBody, WireBody } from './request-body.js'

/**
 * A body of bytes and files that stay where they are until they are sent: its length is known at once, and it can be
 * sent any number of times, also side by side.
 */
export class PartsBody implements RequestBody {
  readonly replayable = true
  readonly shareable = true
  readonly whole = undefined
  readonly contentType: string | undefined
  readonly byteLength: number
  readonly #parts: readonly (Uint8Array | Blob)[]

  constructor(parts: readonly (Uint8Array | Blob)[], byteLength: number, contentType: string | undefined) {
    this.#parts = parts
    this.byteLength = byteLength
    this.contentType = contentType
  }

  open(): WireBody {
    return inTurn(this.#parts)
  }

  close(): void {}
}

async function* inTurn(parts: readonly (Uint8Array | Blob)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    if (part instanceof Uint8Array) yield part
    else yield* part.stream() as unknown as AsyncIterable<Uint8Array>
  }
}
