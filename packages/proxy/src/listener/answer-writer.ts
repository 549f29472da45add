import type { Socket } from 'node:net'
import { CHUNKED, UNTIL_CLOSE } from '../http1/index.js'
import { statusLine } from './status-line.js'

/** Parts of a body up to this size are written together with what is before them, by one write. */
const SMALL_BYTES_MAX = 16_384
/** With so much unwritten, the endpoint is asked to wait. */
const UNWRITTEN_BYTES_MAX = 65_536

/**
 * Writes answers to a caller. What belongs together is gathered and written at once: head, body and end of a small answer
 * are one write, and so are the answers to requests that came together.
 */
export class AnswerWriter {
  private readonly socket: Socket
  private text: string = ''
  private isChunked: boolean = false

  constructor(socket: Socket) {
    this.socket = socket
  }

  get isFull(): boolean {
    return this.socket.writableLength > UNWRITTEN_BYTES_MAX
  }

  /** A head that the answer follows. */
  inform(status: number, lines: string): void {
    this.text += `${statusLine(status)}${lines}\r\n`
    this.flush()
  }

  /** `lines` with what frames a body that has no length, unless the end of the connection does. */
  head(status: number, lines: string, bodyLength: number, allowsChunks: boolean, closes: boolean): void {
    this.isChunked = (bodyLength === CHUNKED || bodyLength === UNTIL_CLOSE) && allowsChunks
    const encoding = this.isChunked ? 'transfer-encoding: chunked\r\n' : ''
    const connection = closes ? 'connection: close\r\n' : ''
    this.text += `${statusLine(status)}${lines}${encoding}${connection}\r\n`
  }

  data(bytes: Buffer, start: number, end: number): void {
    const length = end - start
    if (length === 0) return
    if (this.isChunked) this.text += `${length.toString(16)}\r\n`
    if (length <= SMALL_BYTES_MAX) {
      this.text += bytes.toString('latin1', start, end)
      if (this.isChunked) this.text += '\r\n'
      if (this.text.length > SMALL_BYTES_MAX) this.flush()
      return
    }
    // The bytes lie in a buffer that the next read fills anew.
    const copy = Buffer.from(bytes.subarray(start, end))
    this.socket.cork()
    this.flush()
    this.socket.write(copy)
    if (this.isChunked) this.text = '\r\n'
    this.socket.uncork()
  }

  finish(trailers: string): void {
    if (this.isChunked) this.text += `0\r\n${trailers}\r\n`
    this.isChunked = false
  }

  flush(): void {
    if (this.text === '') return
    const { text } = this
    this.text = ''
    this.socket.write(text, 'latin1')
  }
}
