import { errorCodes, FRAME_BYTES_MAX, frameFlags, frameTypes } from './frame-types.js'

// Frames as text, one character a byte: what a turn comes to is put together and written at once.

/** The nine octets that a frame begins with. */
export function frameHead(length: number, type: number, flags: number, stream: number): string {
  return String.fromCharCode(
    length >>> 16,
    (length >>> 8) & 255,
    length & 255,
    type,
    flags,
    stream >>> 24,
    (stream >>> 16) & 255,
    (stream >>> 8) & 255,
    stream & 255,
  )
}

/** A block of headers, in as many frames as it needs. */
export function headFrames(stream: number, block: string, isEnd: boolean): string {
  const end = isEnd ? frameFlags.endStream : frameFlags.none
  if (block.length <= FRAME_BYTES_MAX)
    return frameHead(block.length, frameTypes.headers, frameFlags.endHeaders | end, stream) + block
  let frames = frameHead(FRAME_BYTES_MAX, frameTypes.headers, end, stream) + block.slice(0, FRAME_BYTES_MAX)
  for (let at = FRAME_BYTES_MAX; at < block.length; at += FRAME_BYTES_MAX) {
    const part = block.slice(at, at + FRAME_BYTES_MAX)
    const flags = at + FRAME_BYTES_MAX >= block.length ? frameFlags.endHeaders : frameFlags.none
    frames += frameHead(part.length, frameTypes.continuation, flags, stream) + part
  }
  return frames
}

export function resetFrame(stream: number, code: number): string {
  return frameHead(4, frameTypes.reset, 0, stream) + octets(code)
}

export function windowUpdateFrame(stream: number, increment: number): string {
  return frameHead(4, frameTypes.windowUpdate, 0, stream) + octets(increment)
}

/** @param opaque eight octets */
export function pingFrame(opaque: string, isAnswer: boolean): string {
  return frameHead(8, frameTypes.ping, isAnswer ? frameFlags.ack : 0, 0) + opaque
}

/** @param last the last stream that has been, or may be, looked at */
export function goAwayFrame(last: number, code: number = errorCodes.noError): string {
  return frameHead(8, frameTypes.goAway, 0, 0) + octets(last) + octets(code)
}

/** @param settings pairs of identifier and value */
export function settingsFrame(settings: readonly (readonly [number, number])[]): string {
  const text = settings.map(([id, value]) => String.fromCharCode(id >>> 8, id & 255) + octets(value)).join('')
  return frameHead(text.length, frameTypes.settings, 0, 0) + text
}

export const settingsAnswer: string = frameHead(0, frameTypes.settings, frameFlags.ack, 0)

function octets(value: number): string {
  return String.fromCharCode(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
}
