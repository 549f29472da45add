import type { Socket } from 'node:net'

const PREFACE_BYTES = 24
const HEAD_BYTES = 9
/** Types and flags of frames (RFC 9113, section 6). */
const DATA = 0
const HEADERS = 1
const RST_STREAM = 3
const SETTINGS = 4
const PING = 6
const GOAWAY = 7
const WINDOW_UPDATE = 8
const ACK = 1
const END_STREAM = 1
const END_HEADERS = 4
const INTERNAL_ERROR = 2

/** `:status: 200` has a number of its own in HPACK (RFC 7541), and what has none is written out. */
const STATUS_200 = '\x88'
const written = (name: string, value: string): string =>
  `\0${String.fromCharCode(name.length)}${name}${String.fromCharCode(value.length)}${value}`

function number(value: number): string {
  return String.fromCharCode(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
}

function frame(type: number, flags: number, stream: number, payload: string): string {
  return number(payload.length).slice(1) + String.fromCharCode(type, flags) + number(stream) + payload
}

/** A connection of a service of HTTP/2 that knows the frames of a test, and no more. */
export class Http2Connection {
  readonly socket: Socket
  private readonly asked: (stream: number, body: string) => void
  private unread: Buffer = Buffer.alloc(0)
  private hasPreface: boolean = false
  /** Bodies of the requests that are not answered yet. */
  private readonly open: Map<number, string> = new Map()
  private last: number = 0
  private isLeaving: boolean = false

  constructor(socket: Socket, asked: (stream: number, body: string) => void) {
    this.socket = socket
    this.asked = asked
    this.send(frame(SETTINGS, 0, 0, ''))
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => this.read(bytes))
  }

  respond(stream: number, status: 200 | 503): void {
    const head = (status === 200 ? STATUS_200 : written(':status', '503')) + written('content-length', '2')
    this.end(stream, frame(HEADERS, END_HEADERS, stream, head) + frame(DATA, END_STREAM, stream, 'ok'))
  }

  cut(stream: number): void {
    const head = frame(HEADERS, END_HEADERS, stream, STATUS_200 + written('content-length', '99'))
    this.end(stream, head + frame(DATA, 0, stream, 'only this') + this.resetOf(stream))
  }

  reset(stream: number): void {
    this.end(stream, this.resetOf(stream))
  }

  /** Never answers it, and does not wait for its end either. */
  forget(stream: number): void {
    this.open.delete(stream)
  }

  /** Looks at no further requests, and closes when those under way are answered. */
  goodbye(): void {
    if (this.isLeaving) return
    this.isLeaving = true
    this.send(frame(GOAWAY, 0, 0, number(this.last) + number(0)))
    this.closeIfDone()
  }

  private resetOf(stream: number): string {
    return frame(RST_STREAM, 0, stream, number(INTERNAL_ERROR))
  }

  private end(stream: number, frames: string): void {
    this.send(frames)
    this.open.delete(stream)
    this.closeIfDone()
  }

  private closeIfDone(): void {
    if (this.isLeaving && this.open.size === 0) this.socket.end()
  }

  private send(frames: string): void {
    if (this.socket.writable) this.socket.write(frames, 'latin1')
  }

  private read(bytes: Buffer): void {
    this.unread = Buffer.concat([this.unread, bytes])
    if (!this.hasPreface) {
      if (this.unread.length < PREFACE_BYTES) return
      this.hasPreface = true
      this.unread = this.unread.subarray(PREFACE_BYTES)
    }
    while (this.unread.length >= HEAD_BYTES) {
      const length = this.unread.readUIntBE(0, 3)
      if (this.unread.length < HEAD_BYTES + length) return
      const one = this.unread.subarray(0, HEAD_BYTES + length)
      this.unread = this.unread.subarray(HEAD_BYTES + length)
      this.take(one[3]!, one[4]!, one.readUInt32BE(5), one.toString('latin1', HEAD_BYTES))
    }
  }

  private take(type: number, flags: number, stream: number, payload: string): void {
    if (type === SETTINGS && (flags & ACK) === 0) return this.send(frame(SETTINGS, ACK, 0, ''))
    if (type === PING && (flags & ACK) === 0) return this.send(frame(PING, ACK, 0, payload))
    if (type === RST_STREAM) {
      this.open.delete(stream)
      return this.closeIfDone()
    }
    if (type === HEADERS) this.begun(stream)
    if (type === DATA && payload !== '') {
      this.send(frame(WINDOW_UPDATE, 0, 0, number(payload.length)))
      if (this.open.has(stream)) this.open.set(stream, this.open.get(stream)! + payload)
    }
    const isEnded = (type === HEADERS || type === DATA) && (flags & END_STREAM) !== 0
    if (isEnded && this.open.has(stream)) this.asked(stream, this.open.get(stream)!)
  }

  private begun(stream: number): void {
    // Nobody looks at what comes after a goodbye.
    if (this.isLeaving) return
    this.last = stream
    this.open.set(stream, '')
  }
}
