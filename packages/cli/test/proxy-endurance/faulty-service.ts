import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

/** What a request asks to go wrong, by its path. First attempts alone are hit: a further one is answered well. */
export type Fault = 'none' | 'reset' | 'unavailable' | 'silent' | 'closing' | 'cut'

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const UNAVAILABLE = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno'
const CLOSING = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok'
const CUT = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this'

/** An instance of a service on one port, which goes wrong as it is asked to, and restarts as processes do. */
export class FaultyService {
  /** How often each id was executed, of requests that must not be repeated. */
  readonly executed: Map<string, number> = new Map()
  private server: Server
  private readonly sockets: Set<Socket> = new Set()
  port: number = 0

  constructor() {
    this.server = this.create()
  }

  async start(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1')
    await once(this.server, 'listening')
    const address = this.server.address()
    if (typeof address === 'object' && address !== null) this.port = address.port
  }

  /** Takes nothing new, ends its connections, and is back on the same port. */
  async restart(): Promise<void> {
    const closed = once(this.server, 'close')
    this.server.close()
    for (const socket of this.sockets) socket.end()
    await closed
    this.server = this.create()
    await this.start()
  }

  close(): void {
    this.server.close()
    for (const socket of this.sockets) socket.destroy()
  }

  private create(): Server {
    return createServer({ noDelay: true }, (socket) => {
      let text = ''
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
      socket.on('error', () => undefined)
      socket.on('data', (bytes) => {
        text += bytes.toString('latin1')
        const end = text.indexOf('\r\n\r\n')
        const length = Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0)
        if (end < 0 || text.length < end + 4 + length) return
        const request = text
        text = ''
        this.answer(socket, request)
      })
    })
  }

  private answer(socket: Socket, request: string): void {
    const [, method, fault, id] = /^(\w+) \/(\w+)\/(\S+) /.exec(request)!
    const isFirst = /^x-envoy-attempt-count: 1\r$/im.test(request)
    if (method === 'POST') this.executed.set(id!, (this.executed.get(id!) ?? 0) + 1)
    this.send(socket, isFirst || fault === 'closing' || fault === 'cut' ? (fault as Fault) : 'none')
  }

  private send(socket: Socket, fault: Fault): void {
    if (fault === 'reset') socket.resetAndDestroy()
    else if (fault === 'unavailable') socket.write(UNAVAILABLE)
    else if (fault === 'closing') socket.end(CLOSING)
    else if (fault === 'cut') socket.end(CUT)
    else if (fault === 'none') socket.write(OK)
  }
}
