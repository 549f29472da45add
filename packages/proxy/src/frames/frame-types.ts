/** Kinds of frames (RFC 9113, section 6). */
export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const

/** `ack` and `endStream` are the same bit, of frames of different kinds. */
export const frameFlags = { none: 0, ack: 1, endStream: 1, endHeaders: 4, padded: 8, priority: 32 } as const

/** Why a stream or a connection ends (section 7). */
export const errorCodes = {
  noError: 0,
  protocolError: 1,
  internalError: 2,
  flowControlError: 3,
  streamClosed: 5,
  frameSizeError: 6,
  refusedStream: 7,
  cancel: 8,
  compressionError: 9,
  enhanceYourCalm: 11,
} as const

export const FRAME_HEAD_BYTES: number = 9
/** Bytes in a frame, as long as nobody asks for more: nobody does here. */
export const FRAME_BYTES_MAX: number = 16_384
/** Windows, before anybody has said otherwise, and the most that they may be. */
export const WINDOW_BYTES: number = 65_535
export const WINDOW_BYTES_MAX: number = 2 ** 31 - 1
