import { errorCodes } from '../frames/frame-types.js'

/** Bytes of a body that may come before whoever it is for takes them. */
export const STREAM_WINDOW_BYTES = 262_144

/** Who a body is for. */
export interface BodyTaker {
  data(bytes: Buffer): void
  /** All of it has been told: the lines behind it. */
  bodyEnded(trailers: string): void
  /** It is longer or shorter than it has announced to be. */
  wrongLength(): void
  /** More of it may come. */
  widen(bytes: number): void
}

/** The body of a message on one stream, and what follows it, as fast as whoever it is for takes it. */
export class StreamBody {
  /** The other side has said all. */
  isEnded: boolean = false
  /** Whoever it is for takes no more for now. */
  isPaused: boolean = false
  private readonly taker: BodyTaker
  /** Bytes that have been announced; below zero where none have. */
  private length: number = -1
  private received: number = 0
  private isOver: boolean = false
  private held: Buffer[] = []
  private trailers: string = ''
  private window: number = STREAM_WINDOW_BYTES
  /** Bytes that have been taken, and of which the other side has not been told. */
  private untold: number = 0

  constructor(taker: BodyTaker) {
    this.taker = taker
  }

  /** The head has come, and says how long the body is. */
  begin(length: number, isEnded: boolean): void {
    this.length = length
    this.isEnded = isEnded
    if (isEnded) this.pass()
  }

  /** Part of it; answers the code of an error of the stream, or 0. `flowBytes` counts its padding. */
  data(bytes: Buffer, flowBytes: number, isEnded: boolean): number {
    if (this.isEnded) return errorCodes.streamClosed
    this.window -= flowBytes
    if (this.window < 0) return errorCodes.flowControlError
    this.isEnded = isEnded
    this.received += bytes.length
    this.untold += flowBytes
    if (bytes.length > 0) this.held.push(bytes)
    this.pass()
    return errorCodes.noError
  }

  /** The lines behind the body, which they end; undefined for what are none. Answers as `data` does. */
  trailed(lines: string | undefined, isEnded: boolean): number {
    if (this.isEnded) return errorCodes.streamClosed
    if (lines === undefined || !isEnded) return errorCodes.protocolError
    this.isEnded = true
    this.trailers = lines
    this.pass()
    return errorCodes.noError
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    if (!this.isPaused) return
    this.isPaused = false
    this.pass()
  }

  /** Nobody wants what comes from now on. */
  drop(): void {
    this.isOver = true
    this.held = []
  }

  private pass(): void {
    const { taker, length } = this
    if (length >= 0 && this.received > length) return this.refuse()
    while (this.held.length > 0 && !this.isPaused && !this.isOver) taker.data(this.held.shift()!)
    if (this.isPaused || this.isOver) return
    if (this.isEnded) return this.end()
    if (this.untold < STREAM_WINDOW_BYTES / 2) return
    taker.widen(this.untold)
    this.window += this.untold
    this.untold = 0
  }

  private end(): void {
    if (this.length >= 0 && this.received < this.length) return this.refuse()
    this.drop()
    this.taker.bodyEnded(this.trailers)
  }

  private refuse(): void {
    if (this.isOver) return
    this.drop()
    this.taker.wrongLength()
  }
}
