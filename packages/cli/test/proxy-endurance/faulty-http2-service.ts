import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { Http2Connection } from './http2-connection.js'

/** Of a hundred requests, whichever attempt they are. */
const SHARES = [
  ['reset', 2],
  ['unavailable', 2],
  ['closing', 3],
  ['cut', 1],
  ['silent', 0.1],
] as const

type Http2Fault = (typeof SHARES)[number][0] | 'none'

/**
 * The same by HTTP/2, in frames of its own: the platform's server of HTTP/2 damages its memory under such a load. It reads no
 * headers, so that it draws by itself what goes wrong; and the id of a request that must not be repeated is its body.
 */
export class FaultyHttp2Service {
  readonly executed: Map<string, number> = new Map()
  /** Answers that it has cut. */
  cuts: number = 0
  port: number = 0
  private server: Server
  private readonly random: () => number
  private readonly connections: Set<Http2Connection> = new Set()

  constructor(random: () => number) {
    this.random = random
    this.server = this.create()
  }

  async start(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1')
    await once(this.server, 'listening')
    const address = this.server.address()
    if (typeof address === 'object' && address !== null) this.port = address.port
  }

  /** Takes nothing new, says goodbye on its connections, and is back on the same port once all is answered. */
  async restart(): Promise<void> {
    const closed = once(this.server, 'close')
    this.server.close()
    for (const connection of this.connections) connection.goodbye()
    await closed
    this.server = this.create()
    await this.start()
  }

  close(): void {
    this.server.close()
    for (const { socket } of this.connections) socket.destroy()
  }

  private create(): Server {
    return createServer({ noDelay: true }, (socket) => {
      const connection = new Http2Connection(socket, (stream, body) => this.answer(connection, stream, body))
      this.connections.add(connection)
      socket.on('close', () => this.connections.delete(connection))
    })
  }

  private answer(connection: Http2Connection, stream: number, body: string): void {
    if (body !== '') this.executed.set(body, (this.executed.get(body) ?? 0) + 1)
    const fault = this.drawn()
    if (fault === 'silent') return connection.forget(stream)
    if (fault === 'reset') return connection.reset(stream)
    if (fault === 'cut') {
      this.cuts += 1
      return connection.cut(stream)
    }
    connection.respond(stream, fault === 'unavailable' ? 503 : 200)
    if (fault === 'closing') connection.goodbye()
  }

  private drawn(): Http2Fault {
    let left = this.random() * 100
    for (const [fault, share] of SHARES) {
      if (left < share) return fault
      left -= share
    }
    return 'none'
  }
}
