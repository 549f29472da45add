import { FRAME_BYTES_MAX, FRAME_HEAD_BYTES } from './frame-types.js'

/** What a client of HTTP/2 says first (RFC 9113, section 3.4). */
const PREFACE: Buffer = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

/** All bytes are read: feed more. A frame is there. What came is not HTTP/2. The frame is larger than it may be. */
export type FrameProgress = 'more' | 'frame' | 'no-preface' | 'too-large'

/** Parts the bytes of a client into frames, behind its preface. Nothing is called back. */
export class FrameReader {
  bytes: Buffer = NO_BYTES
  type: number = 0
  flags: number = 0
  stream: number = 0
  /** Where the payload stands in `bytes`, until more is fed. */
  start: number = 0
  end: number = 0
  private at: number = 0
  private preface: number = 0

  feed(chunk: Buffer): void {
    const { bytes, at } = this
    this.bytes = at === bytes.length ? chunk : Buffer.concat([bytes.subarray(at), chunk])
    this.at = 0
  }

  next(): FrameProgress {
    if (this.preface < PREFACE.length) {
      const progress = this.readPreface()
      if (progress !== 'frame') return progress
    }
    const { bytes, at } = this
    if (bytes.length - at < FRAME_HEAD_BYTES) return 'more'
    const length = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
    if (length > FRAME_BYTES_MAX) return 'too-large'
    this.start = at + FRAME_HEAD_BYTES
    this.end = this.start + length
    if (this.end > bytes.length) return 'more'
    this.type = bytes[at + 3]!
    this.flags = bytes[at + 4]!
    this.stream = bytes.readUInt32BE(at + 5) & 0x7f_ff_ff_ff
    this.at = this.end
    return 'frame'
  }

  private readPreface(): FrameProgress {
    const { bytes } = this
    const length = Math.min(bytes.length - this.at, PREFACE.length - this.preface)
    const isSame =
      bytes.compare(PREFACE, this.preface, this.preface + length, this.at, this.at + length) === 0
    if (!isSame) return 'no-preface'
    this.at += length
    this.preface += length
    return this.preface < PREFACE.length ? 'more' : 'frame'
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0)
