import { errorCodes, FRAME_BYTES_MAX, WINDOW_BYTES, WINDOW_BYTES_MAX } from './frame-types.js'

const FRAME_BYTES_LIMIT = 2 ** 24 - 1

export const settingIds = {
  enablePush: 2,
  concurrentStreams: 3,
  windowBytes: 4,
  frameBytes: 5,
  headListBytes: 6,
} as const

/** What the other side has said of itself (RFC 9113, section 6.5.2), as far as it matters here. */
export class PeerSettings {
  /** The window that each of its streams begins with. */
  windowBytes: number = WINDOW_BYTES
  /** Streams that it takes at one time. */
  concurrentStreams: number = Infinity

  /** Takes over pairs of identifier and value; answers the code of an error, or 0. */
  read(bytes: Buffer): number {
    for (let at = 0; at < bytes.length; at += 6) {
      const value = bytes.readUInt32BE(at + 2)
      const code = this.set(bytes.readUInt16BE(at), value)
      if (code !== errorCodes.noError) return code
    }
    return errorCodes.noError
  }

  private set(id: number, value: number): number {
    if (id === settingIds.enablePush && value > 1) return errorCodes.protocolError
    if (id === settingIds.frameBytes && (value < FRAME_BYTES_MAX || value > FRAME_BYTES_LIMIT))
      return errorCodes.protocolError
    if (id === settingIds.concurrentStreams) this.concurrentStreams = value
    if (id !== settingIds.windowBytes) return errorCodes.noError
    if (value > WINDOW_BYTES_MAX) return errorCodes.flowControlError
    this.windowBytes = value
    return errorCodes.noError
  }
}
