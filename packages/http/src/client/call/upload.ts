import { RequestError } from '../failure/request-error.js'
import { UploadTimeoutError } from '../failure/time-limit-error.js'
import type { ByteStream } from '../request/request-body.js'

type Chunk = Uint8Array | string

/** Whoever limits the silence of an upload. */
export interface UploadOwner {
  /** The origin that it goes to. */
  readonly origin: string
  /** A part was asked for, or is there. */
  uploadMoved(): void
}

/** A streamed body on its way out. It knows whom a silence is to be blamed on: its own caller, or the callee. */
export class Upload implements AsyncIterableIterator<Chunk> {
  readonly #source: AsyncIterator<Chunk>
  readonly #owner: UploadOwner
  /** The callee takes more, and the stream has nothing to give. */
  #awaitsCaller: boolean = false

  constructor(stream: ByteStream, owner: UploadOwner) {
    this.#source = stream[Symbol.asyncIterator]()
    this.#owner = owner
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<Chunk>> {
    this.#moved(true)
    try {
      return await this.#source.next()
    } finally {
      this.#moved(false)
    }
  }

  async return(): Promise<IteratorResult<Chunk>> {
    await this.#source.return?.()
    return { done: true, value: undefined }
  }

  /** What it comes to when nothing moves for so long. */
  stalled(timeoutMs: number): Error {
    const { origin: endpoint } = this.#owner
    return this.#awaitsCaller
      ? new RequestError(`cannot send request: the stream of its body gave nothing for ${timeoutMs} ms`)
      : new UploadTimeoutError({ endpoint, timeoutMs })
  }

  #moved(awaitsCaller: boolean): void {
    this.#awaitsCaller = awaitsCaller
    this.#owner.uploadMoved()
  }
}
