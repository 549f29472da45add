import type { Readable } from 'node:stream'
import { isAnyArrayBuffer } from 'node:util/types'
import { messageOf, RequestError } from '../failure/request-error.js'

type Chunk = Uint8Array | string

/** Bytes of a stream that are kept for a further attempt, unless the options say otherwise. */
export const REPLAY_BYTES_MAX = 65_536

/**
 * A stream that can be sent again as long as what was read of it is small.
 *
 * What an attempt reads is kept, up to a limit. The next attempt gets what was kept and then the rest of the stream,
 * wherever the former one stopped. Past the limit nothing is kept, and the stream is sent once.
 */
export class ReplayableStream {
  readonly #stream: AsyncIterable<Chunk>
  readonly #source: AsyncIterator<Chunk>
  readonly #bytesMax: number
  #kept: Chunk[] | undefined = []
  #keptBytes: number = 0
  #opened: number = 0
  /** The read under way: the attempt that began it may have ended before it did. */
  #reading: Promise<IteratorResult<Chunk>> | undefined = undefined
  #closed: boolean = false

  constructor(stream: AsyncIterable<Chunk>, bytesMax: number) {
    this.#stream = stream
    this.#source = stream[Symbol.asyncIterator]()
    // It fails when it likes, also before anybody reads it: whoever reads it then gets the error.
    if (isNodeStream(stream)) stream.on('error', ignore)
    this.#bytesMax = bytesMax
  }

  get replayable(): boolean {
    return this.#opened === 0 || this.#kept !== undefined
  }

  /**
   * The whole stream for one attempt. The attempt before it fails when it reads on: were it to end instead, what it
   * has sent by then would look like a whole request.
   */
  open(): AsyncIterable<Chunk> {
    if (this.#kept === undefined) throw new TypeError('cannot send body again: too much of it has been read')
    this.#opened += 1
    return this.#send(this.#opened, this.#kept)
  }

  close(reason?: Error): void {
    if (this.#closed) return
    this.#closed = true
    this.#opened += 1
    // An iterator that was never asked for anything, or that waits, would not let go of a file.
    if (isNodeStream(this.#stream)) this.#stream.destroy()
    // A stream of the web takes that as the reason for which it is cancelled.
    else this.#source.return?.(reason).then(undefined, ignore)
  }

  async *#send(mine: number, kept: readonly Chunk[]): AsyncGenerator<Chunk, void> {
    let sent = 0
    for (;;) {
      // The list grows while this attempt reads, and still holds what an earlier one read.
      while (sent < kept.length) {
        const chunk = kept[sent]!
        sent += 1
        yield chunk
        this.#mustBe(mine)
      }
      const { done, value } = await this.#read()
      this.#mustBe(mine)
      if (done === true) return
      if (this.#kept !== kept) {
        yield value
        this.#mustBe(mine)
      }
    }
  }

  #mustBe(mine: number): void {
    if (mine !== this.#opened) throw new Error('another attempt sends the body by now')
  }

  /** Reads once for whoever asks: an attempt that took over must get what its forerunner was waiting for. */
  #read(): Promise<IteratorResult<Chunk>> {
    this.#reading ??= this.#source.next().then(
      (result) => {
        this.#reading = undefined
        if (result.done === true) return result
        const value = chunkOf(result.value)
        this.#keep(value)
        return { done: false, value }
      },
      (cause: unknown) => {
        throw unreadable(cause)
      },
    )
    return this.#reading
  }

  #keep(chunk: Chunk): void {
    if (this.#kept === undefined) return
    this.#keptBytes += Buffer.byteLength(chunk)
    if (this.#keptBytes > this.#bytesMax) this.#kept = undefined
    else this.#kept.push(chunk)
  }
}

/** The error for a body whose own stream fails: the fault of its caller, and of nobody else. */
export function unreadable(cause: unknown): RequestError {
  return new RequestError(`cannot read the request's body: ${messageOf(cause)}`, cause)
}

/** @throws {RequestError} for a part that is neither, such as those of a stream of objects */
function chunkOf(part: unknown): Chunk {
  if (typeof part === 'string' || part instanceof Uint8Array) return part
  if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength)
  if (isAnyArrayBuffer(part)) return new Uint8Array(part)
  const got = part === null ? 'null' : typeof part
  throw new RequestError(`cannot read the request's body: its parts must be text or bytes, got ${got}`)
}

function ignore(): void {}

function isNodeStream(stream: AsyncIterable<Chunk>): stream is Readable {
  const { on, destroy } = stream as Partial<Readable>
  return typeof on === 'function' && typeof destroy === 'function'
}
