import type { Socket } from 'node:net'

/** What an interim answer begins with, and how long that is with the rest of its status. */
const BEGINNING = 'HTTP/1.1 1'
const STATUS_BYTES = BEGINNING.length + 2
const DIGIT_AT = BEGINNING.length - 1
const ONE = 0x31
/** 101 is an answer: to a request that wanted another protocol. */
const SWITCHING = '01'

/**
 * Passes over the interim answers (RFC 9110, section 15.2) on a connection. A client must be able to read one that it has
 * not asked for, and the transport takes a `100 Continue` for a broken answer. The heads are taken out before it sees
 * them, which costs an ordinary answer one look at one byte.
 */
export class InterimFilter {
  readonly #headBytesMax: number
  #awaitsHead: boolean = false
  /** The beginning of a head that may be an interim one. */
  #held: Buffer | undefined = undefined

  constructor(headBytesMax: number) {
    this.#headBytesMax = headBytesMax
  }

  /** A request goes out: what comes next is the head of its answer. */
  expectHead(): void {
    this.#awaitsHead = true
    this.#held = undefined
  }

  watch(socket: Pick<Socket, 'read'>): void {
    const read = socket.read.bind(socket) as (size?: number) => Buffer | null
    socket.read = (size?: number): Buffer | null => (this.#awaitsHead ? this.#readHead(read) : read(size))
  }

  #readHead(read: () => Buffer | null): Buffer | null {
    for (let chunk = read(); chunk !== null; chunk = read()) {
      const held = this.#held
      // What begins with `HTTP/1.1 2` is no interim answer: nearly all that comes.
      if (held === undefined && chunk.length > DIGIT_AT && chunk[DIGIT_AT] !== ONE) {
        this.#awaitsHead = false
        return chunk
      }
      const rest = this.#withoutInterim(held === undefined ? chunk : Buffer.concat([held, chunk]))
      if (rest !== undefined) {
        this.#awaitsHead = false
        this.#held = undefined
        return rest
      }
    }
    return null
  }

  /** What follows the interim answers; undefined while their end is still to come. */
  #withoutInterim(bytes: Buffer): Buffer | undefined {
    let rest = bytes
    while (mayBeInterim(rest)) {
      const end = rest.indexOf('\r\n\r\n')
      const isKnown = rest.length >= STATUS_BYTES
      if (isKnown && rest.toString('latin1', BEGINNING.length, STATUS_BYTES) === SWITCHING) return rest
      if (end < 0 || !isKnown) {
        if (rest.length > this.#headBytesMax) return rest
        this.#held = rest
        return undefined
      }
      rest = rest.subarray(end + 4)
    }
    return rest
  }
}

function mayBeInterim(bytes: Buffer): boolean {
  if (bytes.length > DIGIT_AT && bytes[DIGIT_AT] !== ONE) return false
  return BEGINNING.startsWith(bytes.toString('latin1', 0, BEGINNING.length))
}
