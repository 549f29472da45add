import {
  errorCodes,
  FRAME_BYTES_MAX,
  frameFlags,
  frameTypes,
  WINDOW_BYTES_MAX,
} from '../frames/frame-types.js'
import { frameHead, headFrames } from '../frames/frame-head.js'

/** The connection that a stream is written to. */
export interface FrameSink {
  /** Bytes of bodies that may be written now. */
  readonly room: number
  /** Frames that are to be written. */
  send(frames: string): void
  /** So many bytes of a body among them. */
  spent(bytes: number): void
}

/**
 * The message on one stream, as one side makes it and as far as the other may take it. What comes in one turn of the event
 * loop is put together: one that is whole by then ends with its last frame, in place of an empty one behind it.
 */
export class StreamOutput {
  /** All of it has been handed over. */
  isSent: boolean = false
  private readonly id: number
  private readonly sink: FrameSink
  private window: number
  private head: string | undefined = undefined
  private body: string = ''
  private trailers: string = ''
  private ends: boolean = false

  constructor(id: number, sink: FrameSink, window: number) {
    this.id = id
    this.sink = sink
    this.window = window
  }

  /** Bytes of the body that have not been handed over. */
  get unsent(): number {
    return this.body.length
  }

  /** A head that another one follows. */
  inform(block: string): void {
    this.sink.send(headFrames(this.id, block, false))
  }

  /** The head; of a message that is empty nothing follows, and the head has to say so. */
  begin(block: string, isEmpty: boolean): void {
    this.head = block
    if (isEmpty) this.ends = true
  }

  /** One character a byte. */
  add(text: string): void {
    if (!this.ends) this.body += text
  }

  /** @param trailers a block of headers, empty for none */
  finish(trailers: string): void {
    if (this.ends) return
    this.ends = true
    this.trailers = trailers
  }

  /** The code of an error, or 0. */
  widen(bytes: number): number {
    this.window += bytes
    return this.window > WINDOW_BYTES_MAX ? errorCodes.flowControlError : errorCodes.noError
  }

  /** Hands over what may be. */
  flush(): void {
    const { id, sink, head, trailers } = this
    if (head !== undefined) {
      this.head = undefined
      this.isSent = this.ends && this.body === '' && trailers === ''
      sink.send(headFrames(id, head, this.isSent))
    }
    if (this.body !== '') this.sendBody()
    if (!this.ends || this.isSent || this.body !== '') return
    this.isSent = true
    if (trailers !== '') sink.send(headFrames(id, trailers, true))
    else sink.send(frameHead(0, frameTypes.data, frameFlags.endStream, id))
  }

  private sendBody(): void {
    const { id, sink, body } = this
    let at = 0
    while (at < body.length) {
      const length = Math.min(body.length - at, FRAME_BYTES_MAX, this.window, sink.room)
      if (length <= 0) break
      const isLast = this.ends && this.trailers === '' && at + length === body.length
      const flags = isLast ? frameFlags.endStream : frameFlags.none
      sink.send(frameHead(length, frameTypes.data, flags, id) + body.slice(at, at + length))
      at += length
      this.window -= length
      sink.spent(length)
      this.isSent = isLast
    }
    this.body = at === 0 ? body : body.slice(at)
  }
}
