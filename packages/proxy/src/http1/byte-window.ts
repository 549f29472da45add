const NO_BYTES: Buffer = Buffer.alloc(0)
const OWN_BYTES_MIN = 1_024

/**
 * The bytes that are being read, and where reading stands. A head that ends within one chunk is read in place; one that
 * spans several is gathered in a buffer of its own, which bodies may be told from and which is never used again.
 */
export class ByteWindow {
  bytes: Buffer = NO_BYTES
  /** The next byte to read. */
  at: number = 0
  end: number = 0
  /** From here on bytes are still needed, though they have been read; -1 when none are. */
  private held: number = -1
  /** Whether `bytes` is a buffer of our own, in which there may be room behind `end`. */
  private isOwn: boolean = false

  /** Adds the first `length` bytes of a chunk behind what has not been read yet, or is held. */
  feed(chunk: Buffer, length: number): void {
    const from = this.held < 0 ? this.at : this.held
    if (from < this.end) {
      if (!this.isOwn) this.own(from, length)
      this.append(chunk, length)
      return
    }
    this.bytes = chunk
    this.at = 0
    this.end = length
    this.isOwn = false
  }

  /** Copies what has not been read yet out of a buffer that is about to be used for something else. */
  keepRest(): void {
    if (!this.isOwn && this.at < this.end) this.own(this.at, 0)
  }

  /** The bytes from `start` on will be needed when more have come. Answers how far they have moved. */
  hold(start: number): number {
    this.held = 0
    if (!this.isOwn) this.own(start, OWN_BYTES_MIN)
    else if (start > 0) this.own(start, OWN_BYTES_MIN)
    else return 0
    return -start
  }

  /** What was held belongs to whoever took it: what follows goes into another buffer. */
  release(): void {
    this.held = -1
    this.isOwn = false
  }

  private own(start: number, room: number): void {
    const length = this.end - start
    const own = Buffer.allocUnsafeSlow(Math.max(OWN_BYTES_MIN, length + room))
    this.bytes.copy(own, 0, start, this.end)
    this.bytes = own
    this.at -= start
    this.end = length
    this.isOwn = true
  }

  private append(chunk: Buffer, length: number): void {
    const end = this.end + length
    if (end > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(end, this.bytes.length * 2))
      this.bytes.copy(larger, 0, 0, this.end)
      this.bytes = larger
    }
    chunk.copy(this.bytes, this.end, 0, length)
    this.end = end
  }
}
