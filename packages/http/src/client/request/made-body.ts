import type { RequestBody, WireBody } from './request-body.js'

/** A function of the caller's gives the body of each attempt; the first is made at once, for its type. */
export class MadeBody implements RequestBody {
  readonly replayable = true
  readonly shareable = true
  readonly contentType: string | undefined
  readonly whole = undefined
  readonly byteLength = undefined
  readonly #make: () => RequestBody | undefined
  /** Made before its attempt, to know its type. */
  #first: RequestBody | undefined
  readonly #opened: RequestBody[] = []

  constructor(make: () => RequestBody | undefined) {
    this.#make = make
    this.#first = make()
    this.contentType = this.#first?.contentType
  }

  open(): WireBody {
    const body = this.#first ?? this.#make()
    this.#first = undefined
    if (body === undefined) return null
    this.#opened.push(body)
    return body.open()
  }

  close(reason?: Error): void {
    this.#first?.close(reason)
    // Whatever is still open of them, such as a file that was read half.
    for (const body of this.#opened) body.close(reason)
  }
}
