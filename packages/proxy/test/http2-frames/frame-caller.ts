import { onTestFinished } from 'vitest'
import { frameHead, settingsFrame } from '../../src/frames/frame-head.js'
import { frameTypes } from '../../src/frames/frame-types.js'
import { type FieldSink, HpackDecoder } from '../../src/hpack/index.js'
import { eventually, RawCaller } from '../running-proxy.js'

/** A frame that the gateway has sent. */
export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

/** Fields that stand for themselves, in few octets. */
export const packed = (...fields: readonly (readonly [string, string])[]): string =>
  fields.map(([name, value]) => `\0${lengthOf(name)}${name}${lengthOf(value)}${value}`).join('')

const lengthOf = (text: string): string => String.fromCharCode(text.length)

/** A GET of `/` of `a`, packed. */
export const GET: string = `\x82\x84\x86${packed([':authority', 'a'])}`
/** The same as a POST. */
export const POST: string = `\x83\x84\x86${packed([':authority', 'a'])}`

export const frame = (type: number, flags: number, stream: number, payload: string): string =>
  frameHead(payload.length, type, flags, stream) + payload

export const headers = (stream: number, block: string, ends: boolean = true): string =>
  frame(frameTypes.headers, ends ? 5 : 4, stream, block)

export const data = (stream: number, text: string, ends: boolean = false): string =>
  frame(frameTypes.data, ends ? 1 : 0, stream, text)

/** A client of HTTP/2 that sends the frames that it is told, right or wrong. */
export class FrameCaller {
  private readonly caller: RawCaller

  /** Over a connection of its own to this port, or over one that is there and on which nothing was said. */
  constructor(to: number | RawCaller, settings: readonly (readonly [number, number])[] = []) {
    this.caller = typeof to === 'number' ? new RawCaller(to) : to
    this.caller.send(`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${settingsFrame(settings)}`)
    onTestFinished(() => void this.caller.socket.destroy())
  }

  get hasEnded(): boolean {
    return this.caller.ended || this.caller.closed
  }

  send(...frames: readonly string[]): this {
    this.caller.send(frames.join(''))
    return this
  }

  /** Sends nothing more. */
  end(): void {
    this.caller.socket.end()
  }

  get frames(): readonly Frame[] {
    const bytes = Buffer.from(this.caller.received, 'latin1')
    const frames: Frame[] = []
    for (let at = 0; at + 9 <= bytes.length;) {
      const end = at + 9 + bytes.readUIntBE(at, 3)
      if (end > bytes.length) break
      const stream = bytes.readUInt32BE(at + 5)
      frames.push({
        type: bytes[at + 3]!,
        flags: bytes[at + 4]!,
        stream,
        payload: bytes.subarray(at + 9, end),
      })
      at = end
    }
    return frames
  }

  of(type: number, stream?: number): readonly Frame[] {
    return this.frames.filter((one) => one.type === type && (stream === undefined || one.stream === stream))
  }

  /** Waits until such a frame has come, or the connection has ended. */
  async until(type: number, stream?: number): Promise<Frame | undefined> {
    await eventually(() => this.of(type, stream).length > 0 || this.hasEnded)
    return this.of(type, stream)[0]
  }

  /** What the gateway says when it gives up the connection. */
  async goodbye(): Promise<number | undefined> {
    const told = await this.until(frameTypes.goAway)
    return told?.payload.readUInt32BE(4)
  }

  /** With what code it ends a stream. */
  async resetOf(stream: number): Promise<number | undefined> {
    const told = await this.until(frameTypes.reset, stream)
    return told?.payload.readUInt32BE(0)
  }

  /** The status of the answer on a stream. */
  async statusOf(stream: number): Promise<string | undefined> {
    await this.until(frameTypes.headers, stream)
    const decoder = new HpackDecoder()
    let status: string | undefined
    for (const one of this.of(frameTypes.headers)) {
      const sink: FieldSink = {
        field: ({ name, value }) => {
          if (name === ':status' && one.stream === stream) status = value
        },
      }
      if (!decoder.decode(one.payload, sink)) throw new Error('an answer cannot be unpacked')
    }
    return status
  }

  /** Bytes of the body that have come on a stream. */
  bodyBytes(stream: number): number {
    return this.of(frameTypes.data, stream).reduce((sum, { payload }) => sum + payload.length, 0)
  }

  /** Whether the answer on a stream has come as a whole. */
  isWhole(stream: number): boolean {
    return this.frames.some(
      ({ type, flags, stream: one }) =>
        one === stream && (type === frameTypes.data || type === frameTypes.headers) && (flags & 1) !== 0,
    )
  }
}
