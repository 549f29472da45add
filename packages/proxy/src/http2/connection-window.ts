import { errorCodes } from '../frames/frame-types.js'

/**
 * Bytes that may be on their way on one connection, of all its streams together. By default they are 64 KiB, which holds
 * everybody on it to 6.5 MB a second over ten milliseconds of distance. What may wait for a reader is bounded by the windows
 * of the streams; these bytes count as taken in as soon as they have come.
 */
export const CONNECTION_WINDOW_BYTES: number = 4 << 20

/** What may still come on a connection. */
export class ConnectionWindow {
  private readonly widen: (bytes: number) => void
  private left: number = CONNECTION_WINDOW_BYTES
  /** Bytes that have come without the other side having been told. */
  private untold: number = 0

  constructor(widen: (bytes: number) => void) {
    this.widen = widen
  }

  /** So many bytes have come; answers the code of an error, or 0. */
  took(bytes: number): number {
    this.left -= bytes
    if (this.left < 0) return errorCodes.flowControlError
    this.untold += bytes
    if (this.untold <= CONNECTION_WINDOW_BYTES / 4) return errorCodes.noError
    this.widen(this.untold)
    this.left += this.untold
    this.untold = 0
    return errorCodes.noError
  }
}
