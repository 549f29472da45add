import { CHUNKED } from '../http1/index.js'
import type { TurnWriter } from '../sockets/turn-writer.js'
import type { OutgoingHead } from './upstream-stream.js'

/** Frames requests to an endpoint, one after the other. */
export class RequestWriter {
  /** All of the request has been handed over. */
  isEnded: boolean = true
  private readonly writer: TurnWriter
  private isChunked: boolean = false
  /** How often had been written when the request under way was handed over. */
  private writesBefore: number = 0

  constructor(writer: TurnWriter) {
    this.writer = writer
  }

  /** Nothing of the request has been written yet. */
  get isUnsent(): boolean {
    return this.writer.writes === this.writesBefore
  }

  /** `body` is all of it, where that is known. */
  head({ method, target, lines, bodyLength }: OutgoingHead, body: string | undefined): void {
    const { writer } = this
    this.isChunked = bodyLength === CHUNKED
    this.isEnded = bodyLength === 0 || body !== undefined
    this.writesBefore = writer.writes
    const text = `${method} ${target} HTTP/1.1\r\n${lines}\r\n`
    writer.add(body === undefined ? text : text + body)
  }

  /** Answers whether more should be written before the socket's `drain`. */
  data(bytes: Buffer): boolean {
    const { writer, isChunked } = this
    if (isChunked) writer.add(`${bytes.length.toString(16)}\r\n`)
    writer.addBytes(bytes, 0, bytes.length, true)
    if (isChunked) writer.add('\r\n')
    return writer.hasRoom
  }

  finish(trailers: string): void {
    if (this.isChunked) this.writer.add(`0\r\n${trailers}\r\n`)
    this.isEnded = true
  }
}
