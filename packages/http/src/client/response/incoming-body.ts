import type { ReadableByteStreamController, UnderlyingByteSource } from 'node:stream/web'

/** What feeds a body, and is told when it is to go on or to stop. */
export interface BodySource {
  resume(): void
  /** Ends the response; the body gets the error. */
  cancel(reason: Error): void
  /** How many bytes of the body have not come yet; undefined where the answer does not say. */
  readonly bytesLeft: number | undefined
  /** The rest is read for nobody: it has a moment to come. */
  hurry(): void
  /** The error for a body of more bytes than may be read at once. */
  tooLarge(bytesMax: number): Error
  readonly bodyBytesMax: number
}

/** A response is paused when this much of its body waits to be read. */
const BUFFER_BYTES = 65_536
/** A thrown-away body that says that at most this much is left is read to its end. */
const DRAIN_BYTES_MAX = 65_536

const OPEN = 0
const ENDED = 1
const FAILED = 2

/**
 * The body of a response as it arrives. It is kept as chunks until somebody reads it: most bodies are there in whole
 * by then, and are handed over without a stream being made.
 */
export class IncomingBody {
  readonly #source: BodySource
  #state: typeof OPEN | typeof ENDED | typeof FAILED = OPEN
  #error: Error | undefined = undefined
  #chunks: Buffer[] = []
  #bytes: number = 0
  #paused: boolean = false
  /** Somebody has begun to read, in one of three ways. */
  #collecting: ((end: Error | undefined) => void) | undefined = undefined
  #controller: WeakRef<ReadableByteStreamController> | undefined = undefined
  /**
   * The same while somebody waits for the next part. Only then does the exchange hold the stream: whoever waits is known
   * to nobody else, and otherwise a stream that all have forgotten is to be found out.
   */
  #awaited: ReadableByteStreamController | undefined = undefined
  #discarding: boolean = false
  /** What came first is not here any more. */
  #isTaken: boolean = false

  constructor(source: BodySource) {
    this.#source = source
  }

  /** Bytes that have come by now. */
  get received(): number {
    return this.#bytes
  }

  get ended(): boolean {
    return this.#state !== OPEN
  }

  /** It waits for its reader, not for the callee. */
  get paused(): boolean {
    return this.#paused
  }

  /** Takes a part; answers whether more is wanted now. */
  push(chunk: Buffer): boolean {
    if (this.#state !== OPEN || chunk.length === 0) return true
    this.#bytes += chunk.length
    if (this.#discarding) return true
    if (this.#controller !== undefined) return this.#forward(chunk)
    this.#chunks.push(chunk)
    if (this.#collecting !== undefined) {
      const { bodyBytesMax } = this.#source
      if (this.#bytes > bodyBytesMax) this.#source.cancel(this.#source.tooLarge(bodyBytesMax))
      return true
    }
    this.#paused = this.#bytes >= BUFFER_BYTES
    return !this.#paused
  }

  end(): void {
    if (this.#state !== OPEN) return
    this.#state = ENDED
    this.#collecting?.(undefined)
    const controller = this.#open
    this.#awaited = undefined
    if (controller !== undefined) closeStream(controller)
  }

  fail(error: Error): void {
    if (this.#state !== OPEN) return
    this.#state = FAILED
    this.#error = error
    this.#chunks = []
    this.#collecting?.(error)
    this.#open?.error(error)
    this.#awaited = undefined
  }

  /** The whole body, when it is there already. */
  get whole(): Buffer | undefined {
    if (this.#state !== ENDED || this.#bytes > this.#source.bodyBytesMax) return undefined
    const { length } = this.#chunks
    if (length === 1) return this.#chunks[0]
    return length === 0 ? EMPTY : Buffer.concat(this.#chunks)
  }

  /** The whole body, when it is there and nobody has been handed it in parts. */
  get intact(): Buffer | undefined {
    return this.#isTaken ? undefined : this.whole
  }

  /** Waits for the whole body. */
  async collect(): Promise<Buffer> {
    const { bodyBytesMax } = this.#source
    if (this.#bytes > bodyBytesMax) {
      const error = this.#source.tooLarge(bodyBytesMax)
      if (this.#state === OPEN) this.#source.cancel(error)
      throw error
    }
    if (this.#state === OPEN) {
      await new Promise<void>((resolve, reject) => {
        this.#collecting = (error) => (error === undefined ? resolve() : reject(error))
        this.#resume()
      })
    }
    if (this.#error !== undefined) throw this.#error
    return this.whole!
  }

  /** A stream of what has come and what will. To be made once. */
  stream(): ReadableStream<Uint8Array> {
    const source: UnderlyingByteSource = {
      type: 'bytes',
      start: (controller) => this.#stream(controller),
      pull: (controller) => {
        this.#awaited = controller
        this.#resume()
      },
      cancel: () => this.discard(),
    }
    return new ReadableStream(source)
  }

  /**
   * Nobody will read it. A rest that is announced, small and quick is read, which keeps the connection; anything else
   * ends the exchange at once, for a stream without an end would go on for nobody.
   */
  discard(): void {
    this.#isTaken = true
    this.#controller = undefined
    this.#awaited = undefined
    this.#chunks = []
    this.#discarding = true
    if (this.#state !== OPEN) return
    const left = this.#source.bytesLeft
    if (left === undefined || left > DRAIN_BYTES_MAX) {
      this.#source.cancel(new Error('the rest of the body is not wanted'))
      return
    }
    this.#source.hurry()
    this.#resume()
  }

  #stream(controller: ReadableByteStreamController): void {
    this.#isTaken = true
    if (this.#error !== undefined) {
      controller.error(this.#error)
      return
    }
    for (const chunk of this.#chunks) controller.enqueue(new Uint8Array(chunk))
    this.#chunks = []
    if (this.#state === ENDED) closeStream(controller)
    else this.#controller = new WeakRef(controller)
  }

  /** The stream, unless nobody can read it any more. */
  get #open(): ReadableByteStreamController | undefined {
    return this.#awaited ?? this.#controller?.deref()
  }

  #forward(chunk: Buffer): boolean {
    const controller = this.#open
    // Nobody can read it any more, and it is about to be ended.
    if (controller === undefined) return false
    // Whoever waits for yet another part asks for it while this one is handed over.
    this.#awaited = undefined
    // Copied, since a byte stream takes the memory away that it is given, and this is the socket's.
    if (chunk.length > 0) controller.enqueue(new Uint8Array(chunk))
    this.#paused = (controller.desiredSize ?? 0) + BUFFER_BYTES <= 0
    return !this.#paused
  }

  #resume(): void {
    if (!this.#paused) return
    this.#paused = false
    this.#source.resume()
  }
}

const EMPTY = Buffer.alloc(0)

function closeStream(controller: ReadableByteStreamController): void {
  controller.close()
  // A reader that brought its own buffer still waits for an answer to it.
  controller.byobRequest?.respond(0)
}
