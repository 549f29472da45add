import { ReplayableStream } from './replayable-stream.js'

/** What the platform's `fetch` takes; its own name for it is not a global one in Node's types. */
type BodyInit = NonNullable<RequestInit['body']>

/** What `fetch` takes as a body, and a function that makes one anew for each attempt. */
export type BodyInput = BodyInit | AsyncIterable<Uint8Array | string> | (() => BodyInit | null) | null

/** What the transport takes. */
export type WireBody = string | Uint8Array | AsyncIterable<Uint8Array | string> | null

/** The body of a request, for as many attempts as it can be sent. */
export interface RequestBody {
  /** The type to announce when the caller has not. */
  readonly contentType: string | undefined
  /** Whether `open` would give the same bytes again. */
  readonly replayable: boolean
  /** Whether two attempts may send it at the same time, as a hedge does. */
  readonly shareable: boolean
  /** The bytes, when they are in memory as a whole. */
  readonly whole: string | Uint8Array | undefined
  /** The body for the next attempt. */
  open(): WireBody
  /** No attempt will follow; lets go of what is not read. */
  close(): void
}

/** Makes a body of what the caller gave; `undefined` for none. */
export function requestBody(input: BodyInput | undefined, replayBytesMax: number): RequestBody | undefined {
  if (input === undefined || input === null) return undefined
  if (typeof input === 'string') return new FixedBody(input, 'text/plain;charset=UTF-8')
  if (input instanceof Uint8Array) return new FixedBody(input, undefined)
  if (input instanceof ArrayBuffer) return new FixedBody(new Uint8Array(input), undefined)
  if (ArrayBuffer.isView(input)) {
    return new FixedBody(new Uint8Array(input.buffer, input.byteOffset, input.byteLength), undefined)
  }
  if (input instanceof URLSearchParams) {
    return new FixedBody(input.toString(), 'application/x-www-form-urlencoded;charset=UTF-8')
  }
  if (typeof input === 'function') return new MadeBody(input)
  const source = toStream(input)
  return new StreamedBody(new ReplayableStream(source.stream, replayBytesMax), source.contentType)
}

class FixedBody implements RequestBody {
  readonly replayable = true
  readonly shareable = true
  readonly contentType: string | undefined
  readonly whole: string | Uint8Array

  constructor(bytes: string | Uint8Array, contentType: string | undefined) {
    this.whole = bytes
    this.contentType = contentType
  }

  open(): WireBody {
    return this.whole
  }

  close(): void {}
}

/** A function of the caller's gives the body of each attempt; the first is made at once, for its type. */
class MadeBody implements RequestBody {
  readonly replayable = true
  readonly shareable = true
  readonly contentType: string | undefined
  readonly whole = undefined
  readonly #make: () => BodyInit | null
  /** Made before its attempt, to know its type. */
  #first: RequestBody | undefined
  readonly #opened: RequestBody[] = []

  constructor(make: () => BodyInit | null) {
    this.#make = make
    this.#first = requestBody(make(), 0)
    this.contentType = this.#first?.contentType
  }

  open(): WireBody {
    const body = this.#first ?? requestBody(this.#make(), 0)
    this.#first = undefined
    if (body === undefined) return null
    this.#opened.push(body)
    return body.open()
  }

  close(): void {
    this.#first?.close()
    // Whatever is still open of them, such as a file that was read half.
    for (const body of this.#opened) body.close()
  }
}

class StreamedBody implements RequestBody {
  readonly shareable = false
  readonly contentType: string | undefined
  readonly whole = undefined
  readonly #stream: ReplayableStream

  constructor(stream: ReplayableStream, contentType: string | undefined) {
    this.#stream = stream
    this.contentType = contentType
  }

  get replayable(): boolean {
    return this.#stream.replayable
  }

  open(): WireBody {
    return this.#stream.open()
  }

  close(): void {
    this.#stream.close()
  }
}

interface Source {
  readonly stream: AsyncIterable<Uint8Array | string>
  readonly contentType: string | undefined
}

/** Blobs and forms are encoded by the platform, which also knows their types. */
function toStream(input: Exclude<BodyInput, null | (() => BodyInit | null)>): Source {
  if (typeof input === 'object' && Symbol.asyncIterator in input) {
    return { stream: input as AsyncIterable<Uint8Array | string>, contentType: undefined }
  }
  const encoded = new Response(input as BodyInit)
  return {
    stream: (encoded.body ?? EMPTY) as AsyncIterable<Uint8Array>,
    contentType: encoded.headers.get('content-type') ?? undefined,
  }
}

const EMPTY: AsyncIterable<Uint8Array> = {
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true, value: undefined }) }),
}
