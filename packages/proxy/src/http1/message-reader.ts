import { ByteWindow } from './byte-window.js'
import { ChunkedBody, CHUNK, LAST_CHUNK } from './chunked-body.js'
import { CHUNKED, UNTIL_CLOSE } from './framing.js'
import type { HeaderBlock } from './header-block.js'
import { HeaderLines } from './header-lines.js'
import { type HeaderNames, knownHeaders } from './header-names.js'
import type { Http1Limits } from './http1-limits.js'
import { type MessageRefusal, refusals } from './message-refusal.js'
import { DONE, MORE, type Progress, REFUSED } from './progress.js'

/** What a reader has come to. */
export type MessageEvent = 0 | 1 | 2 | 3 | 4

/** All bytes are read, and the message has not ended: feed more. */
export const NEEDS_MORE = 0
/** The head is there. */
export const HEAD = 1
/** Bytes of the body are there: `bytes` from `dataStart` to `dataEnd`. */
export const DATA = 2
/** The message has ended; what follows belongs to the next one. */
export const END = 3
/** What came is no message: `refusal` says why, and nothing may be read any more. */
export const REFUSAL = 4

const START_LINE = 0
const HEADERS = 1
const LENGTH = 2
const CHUNKS = 3
const TRAILERS = 4
const OPEN_END = 5
const ENDED = 6
const FAILED = 7
const RAW = 8

interface StartLine {
  refusal: MessageRefusal
  begin(start: number, bytesMax: number): void
  shift(by: number): void
  read(window: ByteWindow): Progress
}

/**
 * Reads messages of HTTP/1.x one after the other, each byte once: fed with chunks, and asked by `next` what they come
 * to. Nothing is called back, so that whoever reads can stop between any two events and go on when there is room.
 *
 * Whatever the bytes are split into, the events come to the same.
 */
export abstract class MessageReader {
  refusal: MessageRefusal = refusals.method
  dataStart: number = 0
  dataEnd: number = 0
  /** Once the message has ended; undefined where there were none. */
  trailers: HeaderBlock | undefined = undefined
  protected readonly window: ByteWindow = new ByteWindow()
  protected readonly headers: HeaderLines
  private readonly limits: Http1Limits
  private readonly names: HeaderNames
  private readonly startLine: StartLine
  private state: number = START_LINE
  private headStart: number = 0
  private isBegun: boolean = false
  private remaining: number = 0
  private chunks: ChunkedBody | undefined = undefined
  private trailerLines: HeaderLines | undefined = undefined

  constructor(names: HeaderNames, limits: Http1Limits, startLine: StartLine) {
    this.names = names
    this.limits = limits
    this.startLine = startLine
    this.headers = new HeaderLines(names, {
      headersMax: limits.headersMax,
      tooLarge: refusals.headTooLarge,
    })
  }

  /** Adds bytes, the first `length`. They are read where they lie, and must not change before `next` asks for more. */
  feed(chunk: Buffer, length: number = chunk.length): void {
    this.window.feed(chunk, length)
  }

  /** Copies what has not been read yet: the chunk that was fed last is going to be used for something else. */
  keepRest(): void {
    this.window.keepRest()
  }

  get bytes(): Buffer {
    return this.window.bytes
  }

  /** Whether a message has begun and not ended. */
  get isUnderWay(): boolean {
    return this.state !== ENDED && (this.isBegun || this.state !== START_LINE)
  }

  /** Bytes that have come and belong to no event yet. */
  get unread(): number {
    return this.window.end - this.window.at
  }

  /** Takes all that has not been read, for another protocol. */
  takeRest(): Buffer {
    const { window } = this
    const rest = Buffer.from(window.bytes.subarray(window.at, window.end))
    window.at = window.end
    return rest
  }

  /** Reads another message from the next chunk on, whatever this one has come to: its body comes in another way. */
  restart(): void {
    const { window } = this
    window.at = window.end
    window.release()
    this.state = START_LINE
    this.isBegun = false
  }

  /** There will be no more bytes. Whether the message ends with them, as one does that has no other end. */
  endOfInput(): boolean {
    return this.state === OPEN_END
  }

  /** What comes next. */
  next(): MessageEvent {
    switch (this.state) {
      case LENGTH:
        return this.readLength()
      case CHUNKS:
        return this.readChunks()
      case TRAILERS:
        return this.readTrailers()
      case OPEN_END:
      case RAW:
        return this.readOpenEnd()
      case FAILED:
        return REFUSAL
      default:
        return this.readHead()
    }
  }

  /** Sets up what follows the head; `UNTIL_CLOSE` is for responses alone. Undefined when the head is accepted. */
  protected abstract acceptHead(): MessageRefusal | undefined
  /** Bytes of the body of the head that was accepted, or `CHUNKED`, or `UNTIL_CLOSE`. */
  protected abstract get framedLength(): number

  /** What follows is no message, but bytes of another protocol. */
  protected readRaw(): void {
    this.state = RAW
  }

  private readHead(): MessageEvent {
    const { window } = this
    if (this.state === ENDED) this.state = START_LINE
    if (!this.isBegun) {
      if (window.at === window.end) return NEEDS_MORE
      this.begin()
    }
    if (this.state === START_LINE) {
      const progress = this.startLine.read(window)
      if (progress === REFUSED) return this.fail(this.startLine.refusal)
      if (progress === MORE) return this.holdHead()
      this.state = HEADERS
    }
    const progress = this.headers.read(window)
    if (progress === REFUSED) return this.fail(this.headers.refusal)
    if (progress === MORE) return this.holdHead()
    window.release()
    return this.endHead()
  }

  private begin(): void {
    const { window, limits } = this
    this.isBegun = true
    this.trailers = undefined
    this.headStart = window.at
    this.startLine.begin(window.at, limits.startLineBytesMax)
    this.headers.begin(window.at + limits.headBytesMax)
  }

  private holdHead(): MessageEvent {
    const by = this.window.hold(this.headStart)
    if (by !== 0) {
      this.headStart = 0
      this.startLine.shift(by)
      this.headers.shift(by)
    }
    return NEEDS_MORE
  }

  private endHead(): MessageEvent {
    this.isBegun = false
    const refusal = this.acceptHead()
    if (refusal !== undefined) return this.fail(refusal)
    const length = this.framedLength
    this.remaining = length
    if (length === CHUNKED) {
      this.chunks ??= new ChunkedBody(this.limits)
      this.chunks.begin()
      this.state = CHUNKS
    } else if (this.state !== RAW) {
      this.state = length === UNTIL_CLOSE ? OPEN_END : LENGTH
    }
    return HEAD
  }

  private readLength(): MessageEvent {
    const { window, remaining } = this
    if (remaining === 0) {
      this.state = ENDED
      return END
    }
    if (window.at === window.end) return NEEDS_MORE
    this.dataStart = window.at
    this.dataEnd = Math.min(window.end, window.at + remaining)
    this.remaining = remaining - (this.dataEnd - this.dataStart)
    window.at = this.dataEnd
    return DATA
  }

  private readOpenEnd(): MessageEvent {
    const { window } = this
    if (window.at === window.end) return NEEDS_MORE
    this.dataStart = window.at
    this.dataEnd = window.end
    window.at = window.end
    return DATA
  }

  private readChunks(): MessageEvent {
    const chunks = this.chunks!
    const progress = chunks.read(this.window)
    if (progress === MORE) return NEEDS_MORE
    if (progress === REFUSED) return this.fail(chunks.refusal)
    if (progress === CHUNK) {
      this.dataStart = chunks.dataStart
      this.dataEnd = chunks.dataEnd
      return DATA
    }
    if (progress !== LAST_CHUNK) throw new Error('broken invariant: a chunk of an unknown kind')
    this.trailerLines ??= new HeaderLines(this.names, {
      headersMax: this.limits.headersMax,
      tooLarge: refusals.trailersTooLarge,
    })
    this.headStart = this.window.at
    this.trailerLines.begin(this.window.at + this.limits.trailerBytesMax)
    this.state = TRAILERS
    return this.readTrailers()
  }

  private readTrailers(): MessageEvent {
    const lines = this.trailerLines!
    const progress = lines.read(this.window)
    if (progress === REFUSED) return this.fail(lines.refusal)
    if (progress === MORE) {
      const by = this.window.hold(this.headStart)
      if (by !== 0) {
        this.headStart = 0
        lines.shift(by)
      }
      return NEEDS_MORE
    }
    if (progress !== DONE) throw new Error('broken invariant: trailers neither ended nor go on')
    this.window.release()
    if (lines.block.count > 0) {
      if (framesMessage(lines.block)) return this.fail(refusals.trailer)
      this.trailers = lines.block
    }
    this.state = ENDED
    return END
  }

  private fail(refusal: MessageRefusal): MessageEvent {
    this.refusal = refusal
    this.state = FAILED
    return REFUSAL
  }
}

/** Trailers come too late to say how long a message is, or where it goes (RFC 9110, section 6.5.1). */
function framesMessage(block: HeaderBlock): boolean {
  for (let index = 0; index < block.count; index++) {
    const id = block.idAt(index)
    if (id !== 0 && id <= knownHeaders['proxy-connection'] && id !== knownHeaders['keep-alive']) return true
  }
  return false
}
