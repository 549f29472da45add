import { FRAME_BYTES_MAX, FRAME_HEAD_BYTES } from './frame-types.js'

/** What a client of HTTP/2 says first (RFC 9113, section 3.4). */
export const CLIENT_PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'

/** All bytes are read: feed more. A frame is there. What came is not HTTP/2. The frame is larger than it may be. */
export type FrameProgress = 'more' | 'frame' | 'no-preface' | 'too-large'

/** Parts bytes into frames, behind the preface if there is to be one. Nothing is called back. */
export class FrameReader {
  bytes: Buffer = NO_BYTES
  type: number = 0
  flags: number = 0
  stream: number = 0
  /** Where the payload stands in `bytes`, until more is fed. */
  start: number = 0
  end: number = 0
  private at: number = 0
  private readonly preface: Buffer
  /** Bytes of the preface that have come. */
  private begun: number = 0

  constructor(preface: string) {
    this.preface = Buffer.from(preface, 'latin1')
  }

  feed(chunk: Buffer): void {
    const { bytes, at } = this
    this.bytes = at === bytes.length ? chunk : Buffer.concat([bytes.subarray(at), chunk])
    this.at = 0
  }

  next(): FrameProgress {
    if (this.begun < this.preface.length) {
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
    const { bytes, preface, begun } = this
    const length = Math.min(bytes.length - this.at, preface.length - begun)
    const isSame = bytes.compare(preface, begun, begun + length, this.at, this.at + length) === 0
    if (!isSame) return 'no-preface'
    this.at += length
    this.begun += length
    return this.begun < preface.length ? 'more' : 'frame'
  }
}

const NO_BYTES: Buffer = Buffer.alloc(0)
