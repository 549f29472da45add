import type { OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import { atEndOfTurn, type Due } from '../sockets/at-end-of-turn.js'
import { headerObject } from './head-text.js'

/** More of a body than this is not kept back. */
const GATHERED_BYTES_MAX = 16_384

/**
 * The answer on one stream. What comes of it in one turn of the event loop is gathered: an answer that is whole by then
 * is known to have no trailers, for which the platform would ask, after the body, by a frame more for each answer.
 */
export class StreamAnswer implements Due {
  private readonly stream: ServerHttp2Stream
  private readonly ended: () => void
  /** As long as nothing has been sent. */
  private headers: OutgoingHttpHeaders | undefined = undefined
  private body: Buffer | undefined = undefined
  private trailers: string = ''

  /** `ended` is called once all of it has been handed over. */
  constructor(stream: ServerHttp2Stream, ended: () => void) {
    this.stream = stream
    this.ended = ended
  }

  /** The head; one that nothing follows has to say so, for gRPC reads its status where the stream ends. */
  head(status: number, lines: string, isEmpty: boolean): void {
    this.headers = { ':status': status, ...headerObject(lines) }
    if (isEmpty) this.sendWhole(this.headers)
    else atEndOfTurn(this)
  }

  data(bytes: Buffer, start: number, end: number): void {
    if (end === start || this.stream.closed) return
    // The bytes lie in a buffer that the next read fills anew.
    const part = Buffer.from(bytes.subarray(start, end))
    if (this.headers === undefined) {
      this.stream.write(part)
      return
    }
    this.body = this.body === undefined ? part : Buffer.concat([this.body, part])
    if (this.body.length > GATHERED_BYTES_MAX) this.writeNow()
  }

  finish(trailers: string): void {
    if (this.stream.closed) return
    if (this.headers !== undefined && trailers === '') return this.sendWhole(this.headers)
    this.writeNow()
    this.trailers = trailers
    this.stream.end()
  }

  /** Sends what has been gathered, and more may follow. */
  writeNow(): void {
    const { headers, body, stream } = this
    if (headers === undefined) return
    this.headers = undefined
    if (stream.closed) return
    stream.respond(headers, { waitForTrailers: true })
    stream.on('wantTrailers', () => {
      stream.sendTrailers(headerObject(this.trailers))
      this.ended()
    })
    if (body !== undefined) stream.write(body)
    this.body = undefined
  }

  private sendWhole(headers: OutgoingHttpHeaders): void {
    const { stream, body } = this
    this.headers = undefined
    if (stream.closed) return
    stream.respond(headers, { endStream: body === undefined })
    if (body !== undefined) stream.end(body)
    this.ended()
  }
}
