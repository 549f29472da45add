import { errorCodes, frameFlags, frameTypes } from './frame-types.js'
import { CLIENT_PREFACE, FrameReader } from './frame-reader.js'

/** Bytes of a block of headers as it is packed, and frames that it may be spread over (CVE-2024-27316). */
const BLOCK_BYTES_MAX = 65_536
const CONTINUATIONS_MAX = 16
const PRIORITY_BYTES = 5

/** Hears what frames come to. What answers a number is the code of an error of the connection, or 0. */
export interface FrameListener {
  /** `flowBytes` counts the padding as well. */
  data(stream: number, bytes: Buffer, flowBytes: number, isEnded: boolean): number
  headers(stream: number, block: Buffer, isEnded: boolean): number
  aborted(stream: number, code: number): number
  settings(bytes: Buffer): number
  ping(opaque: string): number
  pong(): number
  windowUpdate(stream: number, increment: number): number
  /** The other side looks at no stream above `last`. */
  goAway(last: number, code: number): number
  /** A frame that is no part of a request. */
  idled(): number
}

/**
 * Reads the frames of a client, or of a server, by the rules that hold whatever has come before: lengths, padding, which
 * may name a stream, and that nothing comes between the parts of a block of headers (RFC 9113, sections 4 and 6).
 */
export class IncomingFrames {
  private readonly reader: FrameReader
  private readonly listener: FrameListener
  private hasSettings: boolean = false
  /** Of the block that goes on: its stream, whether that has ended, and the parts so far. */
  private blockStream: number = 0
  private isBlockEnd: boolean = false
  private parts: Buffer[] = []
  private partBytes: number = 0

  constructor(listener: FrameListener, from: 'client' | 'server') {
    this.listener = listener
    this.reader = new FrameReader(from === 'client' ? CLIENT_PREFACE : '')
  }

  /** Reads all whole frames that are there; answers the code of an error that ends the connection, or 0. */
  read(chunk: Buffer): number {
    const { reader } = this
    reader.feed(chunk)
    for (;;) {
      const progress = reader.next()
      if (progress === 'more') return errorCodes.noError
      if (progress === 'no-preface') return errorCodes.protocolError
      if (progress === 'too-large') return errorCodes.frameSizeError
      const code = this.take()
      if (code !== errorCodes.noError) return code
    }
  }

  private take(): number {
    const { type } = this.reader
    const goesOn = this.blockStream !== 0
    if (goesOn !== (type === frameTypes.continuation)) return errorCodes.protocolError
    if (!this.hasSettings && type !== frameTypes.settings) return errorCodes.protocolError
    switch (type) {
      case frameTypes.data:
        return this.takeData()
      case frameTypes.headers:
        return this.takeHeaders()
      case frameTypes.continuation:
        return this.takeContinuation()
      case frameTypes.settings:
        return this.takeSettings()
      case frameTypes.pushPromise:
        return errorCodes.protocolError
      default:
        return this.takeSmall()
    }
  }

  /** Those of a fixed length, and those that nobody knows, which mean nothing (section 5.5). */
  private takeSmall(): number {
    const { listener, reader } = this
    const { type, flags, stream, start, end, bytes } = reader
    const length = end - start
    switch (type) {
      case frameTypes.reset:
        if (stream === 0) return errorCodes.protocolError
        return length === 4 ? listener.aborted(stream, bytes.readUInt32BE(start)) : errorCodes.frameSizeError
      case frameTypes.priority:
        if (stream === 0) return errorCodes.protocolError
        return length === 5 ? listener.idled() : errorCodes.frameSizeError
      case frameTypes.ping:
        if (stream !== 0) return errorCodes.protocolError
        if (length !== 8) return errorCodes.frameSizeError
        if ((flags & frameFlags.ack) === 0) return listener.ping(bytes.toString('latin1', start, end))
        return listener.pong()
      case frameTypes.windowUpdate:
        if (length !== 4) return errorCodes.frameSizeError
        return listener.windowUpdate(stream, bytes.readUInt32BE(start) & 0x7f_ff_ff_ff)
      case frameTypes.goAway:
        if (stream !== 0) return errorCodes.protocolError
        if (length < 8) return errorCodes.frameSizeError
        return listener.goAway(bytes.readUInt32BE(start) & 0x7f_ff_ff_ff, bytes.readUInt32BE(start + 4))
      default:
        return listener.idled()
    }
  }

  private takeData(): number {
    const { reader } = this
    const { stream, start, end, bytes } = reader
    if (stream === 0) return errorCodes.protocolError
    const [from, to] = this.withoutPadding(start)
    if (from > to) return errorCodes.protocolError
    return this.listener.data(stream, bytes.subarray(from, to), end - start, this.isEnd())
  }

  private takeHeaders(): number {
    const { reader } = this
    const { stream, flags, bytes } = reader
    if (stream % 2 === 0) return errorCodes.protocolError
    const [start, to] = this.withoutPadding(reader.start)
    const from = (flags & frameFlags.priority) === 0 ? start : start + PRIORITY_BYTES
    if (from > to) return errorCodes.protocolError
    const part = bytes.subarray(from, to)
    if ((flags & frameFlags.endHeaders) !== 0) return this.listener.headers(stream, part, this.isEnd())
    this.blockStream = stream
    this.isBlockEnd = this.isEnd()
    this.parts = [part]
    this.partBytes = part.length
    return errorCodes.noError
  }

  private takeContinuation(): number {
    const { reader, parts, blockStream } = this
    if (reader.stream !== blockStream) return errorCodes.protocolError
    parts.push(reader.bytes.subarray(reader.start, reader.end))
    this.partBytes += reader.end - reader.start
    if (this.partBytes > BLOCK_BYTES_MAX || parts.length > CONTINUATIONS_MAX)
      return errorCodes.enhanceYourCalm
    if ((reader.flags & frameFlags.endHeaders) === 0) return errorCodes.noError
    this.blockStream = 0
    this.parts = []
    return this.listener.headers(blockStream, Buffer.concat(parts), this.isBlockEnd)
  }

  private takeSettings(): number {
    const { flags, stream, start, end, bytes } = this.reader
    if (stream !== 0) return errorCodes.protocolError
    const isAnswer = (flags & frameFlags.ack) !== 0
    if (isAnswer ? end > start : (end - start) % 6 !== 0) return errorCodes.frameSizeError
    if (isAnswer) return this.hasSettings ? this.listener.idled() : errorCodes.protocolError
    this.hasSettings = true
    return this.listener.settings(bytes.subarray(start, end))
  }

  private isEnd(): boolean {
    return (this.reader.flags & frameFlags.endStream) !== 0
  }

  /** Where the payload begins and ends without its padding; it begins behind its end if there is more padding than frame. */
  private withoutPadding(start: number): [from: number, to: number] {
    const { flags, end, bytes } = this.reader
    if ((flags & frameFlags.padded) === 0) return [start, end]
    if (start === end) return [end + 1, end]
    return [start + 1, end - bytes[start]!]
  }
}
