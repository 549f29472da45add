import type { Exchange } from '../exchange/exchange.js'
import { malformedRequest } from '../exchange/local-answer.js'
import { proxyHeaderNames } from '../exchange/proxy-headers.js'
import { errorCodes } from '../frames/frame-types.js'
import { CHUNKED, type Http1Limits, readHeaderBlock } from '../http1/index.js'

/** Bytes of a body that may come before its service takes them. */
export const STREAM_WINDOW_BYTES = 262_144

const wrongLength = malformedRequest(400, 'the body must be as long as Content-Length says')
const wrongTrailers = malformedRequest(400, 'the trailers are malformed')

/** The body of a request on one stream, and what follows it, as fast as its service takes it. */
export class StreamInput {
  /** The other side has said all. */
  isEnded: boolean = false
  /** Its service takes no more for now. */
  isPaused: boolean = false
  private readonly limits: Http1Limits
  /** Lets more of the body come. */
  private readonly widen: (bytes: number) => void
  private exchange: Exchange | undefined = undefined
  /** Bytes that it has announced, or `CHUNKED`. */
  private length: number = 0
  private received: number = 0
  private held: Buffer[] = []
  private trailers: string = ''
  private window: number = STREAM_WINDOW_BYTES
  /** Bytes that have been taken, and of which the other side has not been told. */
  private untold: number = 0

  constructor(limits: Http1Limits, widen: (bytes: number) => void) {
    this.limits = limits
    this.widen = widen
  }

  /** What comes from now on is for this exchange. */
  begin(exchange: Exchange, length: number): void {
    this.exchange = exchange
    this.length = length
    if (this.isEnded) this.end()
  }

  /** Nobody wants what comes from now on. */
  drop(): void {
    this.exchange = undefined
    this.held = []
  }

  /** Part of the body; answers the code of an error of the stream, or 0. `flowBytes` counts its padding. */
  data(bytes: Buffer, flowBytes: number, isEnded: boolean): number {
    if (this.isEnded) return errorCodes.streamClosed
    this.window -= flowBytes
    if (this.window < 0) return errorCodes.flowControlError
    this.isEnded = isEnded
    this.received += bytes.length
    if (this.exchange === undefined) return errorCodes.noError
    if (this.length !== CHUNKED && this.received > this.length) {
      this.exchange.refuseRequest(wrongLength)
      return errorCodes.noError
    }
    this.untold += flowBytes
    if (bytes.length > 0) this.held.push(bytes)
    this.pass()
    return errorCodes.noError
  }

  /** The fields behind the body, undefined for what are none; answers the code of an error of the stream, or 0. */
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

  private pass(): void {
    while (this.held.length > 0 && !this.isPaused) {
      const bytes = this.held.shift()!
      this.exchange?.bodyData(bytes)
    }
    if (this.isPaused || this.exchange === undefined) return
    if (this.isEnded) return this.end()
    if (this.untold < STREAM_WINDOW_BYTES / 2) return
    this.widen(this.untold)
    this.window += this.untold
    this.untold = 0
  }

  private end(): void {
    const { exchange } = this
    if (exchange === undefined) return
    this.exchange = undefined
    if (this.length !== CHUNKED && this.received < this.length) return exchange.refuseRequest(wrongLength)
    if (this.trailers === '') return exchange.bodyEnded(undefined)
    const block = readHeaderBlock(this.trailers, proxyHeaderNames, this.limits)
    if (block === undefined) exchange.refuseRequest(wrongTrailers)
    else exchange.bodyEnded(block)
  }
}
