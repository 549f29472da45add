/** One request of a client: messages that the database has to get together. */
export interface ClientRequest {
  readonly bytes: Buffer
  /** The text of a simple query. */
  readonly text?: string
  readonly isGoodbye: boolean
}

const query = 0x51
const terminate = 0x58
/** Sync, flush, a function call, and the messages of a copy: after each of them the client may wait for an answer. */
const ends: ReadonlySet<number> = new Set(Buffer.from('SHFcfd'))

/** A longer request ends its connection. */
const bytesMax = 64 * 1024 * 1024

/**
 * Puts what comes in pieces together to requests. One session serves all clients, so whatever belongs together (parse, bind,
 * execute, sync) goes to it in one piece: nobody else's statement may take the place of the unnamed one in between.
 */
export class RequestReader {
  #bytes: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
  }

  /** The first message of a connection, which has no letter; undefined until it is there as a whole. */
  nextStart(): Buffer | undefined {
    return this.#take(0)
  }

  /** The next message, whatever it is: the answer to a question about a password. */
  nextMessage(): Buffer | undefined {
    return this.#take(1)
  }

  /** @throws {RangeError} when a request is longer than a client may send */
  next(): ClientRequest | undefined {
    for (let at = 0; this.#bytes.length >= at + 5;) {
      const letter = this.#bytes[at] ?? 0
      const length = this.#bytes.readInt32BE(at + 1)
      const end = at + 1 + length
      if (length < 4 || end > bytesMax) throw new RangeError(`cannot read a request of ${end} bytes`)
      if (this.#bytes.length < end) return undefined
      if (letter !== query && letter !== terminate && !ends.has(letter)) {
        at = end
        continue
      }
      const bytes = this.#bytes.subarray(0, end)
      this.#bytes = this.#bytes.subarray(end)
      const text = letter === query ? { text: bytes.toString('utf8', at + 5, end - 1) } : {}
      return { bytes, ...text, isGoodbye: letter === terminate }
    }
    return undefined
  }

  #take(letters: 0 | 1): Buffer | undefined {
    if (this.#bytes.length < letters + 4) return undefined
    const end = letters + this.#bytes.readInt32BE(letters)
    if (end < letters + 4 || end > 10_000) throw new RangeError(`cannot read a start of ${end} bytes`)
    if (this.#bytes.length < end) return undefined
    const bytes = this.#bytes.subarray(0, end)
    this.#bytes = this.#bytes.subarray(end)
    return bytes
  }
}
