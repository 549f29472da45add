/** Bodies up to this many bytes are sent together with their head. */
const WHOLE_BYTES_MAX = 16_384

/** Most requests have none. */
const NO_CHUNKS: Buffer[] = []

/** The body of a request, as far as it has come: kept for further attempts up to a limit, and then let go. */
export class RequestBody {
  /** Bytes in all, or `CHUNKED`. */
  readonly length: number
  isEnded: boolean = false
  /** Lines. */
  trailers: string = ''
  /** All of it that has come is still here. */
  isReplayable: boolean = true
  /** Bytes that have come. */
  received: number = 0
  private readonly replayBytesMax: number
  private chunks: Buffer[] = NO_CHUNKS
  /** Chunks that are not here any more. */
  private gone: number = 0

  constructor(length: number, replayBytesMax: number) {
    this.length = length
    this.replayBytesMax = replayBytesMax
  }

  add(chunk: Buffer): void {
    if (this.chunks === NO_CHUNKS) this.chunks = [chunk]
    else this.chunks.push(chunk)
    this.received += chunk.length
    if (this.received > this.replayBytesMax) this.isReplayable = false
  }

  /** Chunks that have come, those included that are gone. */
  get count(): number {
    return this.gone + this.chunks.length
  }

  chunkAt(index: number): Buffer {
    return this.chunks[index - this.gone]!
  }

  /** The only attempt that there will be has sent the chunks before this one. */
  letGo(before: number): void {
    if (this.isReplayable || before <= this.gone) return
    this.chunks.splice(0, before - this.gone)
    this.gone = before
  }

  /** All of it as text of one character a byte, if it is small, of a known length, and has come. */
  get whole(): string | undefined {
    if (!this.isEnded || this.length <= 0 || this.received > WHOLE_BYTES_MAX || this.gone > 0)
      return undefined
    return this.chunks.length === 1
      ? this.chunks[0]!.toString('latin1')
      : this.chunks.map((chunk) => chunk.toString('latin1')).join('')
  }
}
