import { CHUNKED, UNTIL_CLOSE } from '../http1/index.js'
import type { TurnWriter } from '../sockets/turn-writer.js'
import { statusLine } from './status-line.js'

/** Frames answers to a caller. */
export class AnswerWriter {
  private readonly writer: TurnWriter
  private isChunked: boolean = false

  constructor(writer: TurnWriter) {
    this.writer = writer
  }

  /** A head that the answer follows. */
  inform(status: number, lines: string): void {
    this.writer.add(`${statusLine(status)}${lines}\r\n`)
  }

  /** `lines` with what frames a body that has no length, unless the end of the connection does. */
  head(status: number, lines: string, bodyLength: number, allowsChunks: boolean, closes: boolean): void {
    this.isChunked = (bodyLength === CHUNKED || bodyLength === UNTIL_CLOSE) && allowsChunks
    const encoding = this.isChunked ? 'transfer-encoding: chunked\r\n' : ''
    const connection = closes ? 'connection: close\r\n' : ''
    this.writer.add(`${statusLine(status)}${lines}${encoding}${connection}\r\n`)
  }

  data(bytes: Buffer, start: number, end: number): void {
    const length = end - start
    if (length === 0) return
    const { writer, isChunked } = this
    if (isChunked) writer.add(`${length.toString(16)}\r\n`)
    // The bytes lie in a buffer that the next read fills anew.
    writer.addBytes(bytes, start, end, false)
    if (isChunked) writer.add('\r\n')
  }

  finish(trailers: string): void {
    if (this.isChunked) this.writer.add(`0\r\n${trailers}\r\n`)
    this.isChunked = false
  }
}
