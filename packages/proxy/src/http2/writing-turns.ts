import { errorCodes, WINDOW_BYTES, WINDOW_BYTES_MAX } from '../frames/frame-types.js'
import { NO_TABLE } from '../hpack/index.js'
import type { StreamOutput } from './stream-output.js'

/** A stream that writes as far as the other side may take it. */
export interface WritingStream {
  /** It is to be flushed when the turn ends. */
  isDue: boolean
  readonly output: StreamOutput
  flush(): void
}

/** Which streams of one connection are to write next, and the window that all of them share. */
export class WritingTurns<S extends WritingStream> {
  /** Bytes that may be sent. */
  window: number = WINDOW_BYTES
  /** What the first blocks of headers begin with: this side uses no table. */
  opening: string = NO_TABLE
  private readonly waiting: Set<S> = new Set()
  private readonly dues: S[] = []
  private readonly fallDue: () => void

  constructor(fallDue: () => void) {
    this.fallDue = fallDue
  }

  /** It is flushed at the end of the turn, in the order in which they fall due. */
  due(stream: S): void {
    if (stream.isDue) return
    stream.isDue = true
    this.dues.push(stream)
    this.fallDue()
  }

  /** Whether it waits for a window, or for the connection to take more. */
  blocked(stream: S, isBlocked: boolean): void {
    this.waiting.delete(stream)
    // Behind the others, so that each has its turn.
    if (isBlocked) this.waiting.add(stream)
  }

  /** Writes what this turn has come to. */
  flush(): void {
    const { dues } = this
    // One that is flushed may let more come, which is due at once.
    for (let index = 0; index < dues.length; index++) dues[index]!.flush()
    if (dues.length > 0) this.opening = ''
    dues.length = 0
  }

  /** More may be written than before. */
  unblock(): void {
    for (const stream of this.waiting) this.due(stream)
  }

  /** The window of the connection has grown; answers the code of an error, or 0. */
  widen(increment: number): number {
    this.window += increment
    if (increment === 0) return errorCodes.protocolError
    if (this.window > WINDOW_BYTES_MAX) return errorCodes.flowControlError
    this.unblock()
    return errorCodes.noError
  }

  /** That of one stream has; answers the code of an error of the stream, or 0. */
  widenOne(stream: S, increment: number): number {
    const code = increment === 0 ? errorCodes.protocolError : stream.output.widen(increment)
    if (code === errorCodes.noError && this.waiting.has(stream)) this.due(stream)
    return code
  }

  /** All windows of these streams begin with so much more, or less. */
  widenAll(streams: Iterable<S>, by: number): number {
    for (const stream of streams) {
      const code = stream.output.widen(by)
      if (code !== errorCodes.noError) return code
    }
    this.unblock()
    return errorCodes.noError
  }
}
