import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

/** Types and flags of frames (RFC 9113, section 6). */
export const DATA = 0x0
export const HEADERS = 0x1
export const RST_STREAM = 0x3
const SETTINGS = 0x4
export const PING = 0x6
const GOAWAY = 0x7
export const ACK = 0x1
export const END_STREAM = 0x1
const END_HEADERS = 0x4

const PREFACE_BYTES = 24
const HEAD_BYTES = 9

export interface Frame {
  readonly type: number
  readonly flags: number
  readonly stream: number
  readonly payload: Buffer
}

/** One connection of a server that does with HTTP/2 what no library would. */
export class RawHttp2Connection {
  readonly socket: Socket
  readonly received: Frame[] = []
  readonly #onFrame: (frame: Frame, connection: RawHttp2Connection) => void
  #rest: Buffer = Buffer.alloc(0)
  #hasPreface: boolean = false
  #hasSpoken: boolean = false

  constructor(socket: Socket, onFrame: RawHttp2Options['onFrame']) {
    this.socket = socket
    this.#onFrame = onFrame
    socket.on('error', () => undefined)
    socket.on('data', (bytes: Buffer) => this.#read(bytes))
  }

  /** Whether it has sent anything: settings are acknowledged by who does. */
  get hasSpoken(): boolean {
    return this.#hasSpoken
  }

  send(type: number, flags: number, stream: number, payload: Buffer | string = ''): void {
    this.#hasSpoken = true
    const bytes = Buffer.from(payload as string)
    const head = Buffer.alloc(HEAD_BYTES)
    head.writeUIntBE(bytes.length, 0, 3)
    head[3] = type
    head[4] = flags
    head.writeUInt32BE(stream, 5)
    this.socket.write(Buffer.concat([head, bytes]))
  }

  /** Status 200, with fields. */
  head(stream: number, fields: Readonly<Record<string, string>> = {}, flags: number = 0): void {
    const block = [
      Buffer.from([0x88]),
      ...Object.entries(fields).map(([name, value]) => literal(name, value)),
    ]
    this.send(HEADERS, END_HEADERS | flags, stream, Buffer.concat(block))
  }

  /** The fields after a body. */
  trailers(stream: number, fields: Readonly<Record<string, string>>): void {
    const block = Object.entries(fields).map(([name, value]) => literal(name, value))
    this.send(HEADERS, END_HEADERS | END_STREAM, stream, Buffer.concat(block))
  }

  answer(stream: number, body: string): void {
    this.head(stream)
    this.send(DATA, END_STREAM, stream, body)
  }

  reset(stream: number, code: number): void {
    this.send(RST_STREAM, 0, stream, uint32(code))
  }

  goAway(lastStream: number, code: number): void {
    this.send(GOAWAY, 0, 0, Buffer.concat([uint32(lastStream), uint32(code)]))
  }

  settings(settings: readonly (readonly [id: number, value: number])[]): void {
    const entries = settings.map(([id, value]) => Buffer.concat([Buffer.from([0, id]), uint32(value)]))
    this.send(SETTINGS, 0, 0, Buffer.concat(entries))
  }

  #read(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes])
    if (!this.#hasPreface) {
      if (this.#rest.length < PREFACE_BYTES) return
      this.#rest = this.#rest.subarray(PREFACE_BYTES)
      this.#hasPreface = true
    }
    while (this.#rest.length >= HEAD_BYTES) {
      const end = HEAD_BYTES + this.#rest.readUIntBE(0, 3)
      if (this.#rest.length < end) return
      const frame: Frame = {
        type: this.#rest[3]!,
        flags: this.#rest[4]!,
        stream: this.#rest.readUInt32BE(5),
        payload: this.#rest.subarray(HEAD_BYTES, end),
      }
      this.#rest = this.#rest.subarray(end)
      this.received.push(frame)
      this.#onFrame(frame, this)
    }
  }
}

export interface RawHttp2Options {
  /** Before anything else; by default empty settings, as a server must send them. */
  readonly onConnection?: (connection: RawHttp2Connection) => void
  readonly onFrame: (frame: Frame, connection: RawHttp2Connection) => void
}

export interface RawHttp2Server extends AsyncDisposable {
  readonly origin: string
  readonly connections: readonly RawHttp2Connection[]
}

/** A server of HTTP/2 without TLS, whose every frame is the test's. It acknowledges settings. */
export async function rawHttp2Server({
  onConnection = (connection) => connection.settings([]),
  onFrame,
}: RawHttp2Options): Promise<RawHttp2Server> {
  const connections: RawHttp2Connection[] = []
  const server = createServer({ noDelay: true }, (socket) => {
    const connection = new RawHttp2Connection(socket, (frame, its) => {
      if (frame.type === SETTINGS && (frame.flags & ACK) === 0 && its.hasSpoken) its.send(SETTINGS, ACK, 0)
      onFrame(frame, its)
    })
    connections.push(connection)
    onConnection(connection)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections,
    [Symbol.asyncDispose]: async () => {
      for (const { socket } of connections) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A field that no table holds (RFC 7541, section 6.2.2), with a name and a value below 127 bytes. */
function literal(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
