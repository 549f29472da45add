import { once } from 'node:events'
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Fault, FaultyInstance } from './faulty-service.js'

/**
 * The same by HTTP/2, where one that closes says goodbye to its caller. It resets and cuts nothing: the platform's server
 * damages its own memory where it resets streams under load.
 */
export class FaultyHttp2Service implements FaultyInstance {
  readonly executed: Map<string, number> = new Map()
  private server: Http2Server
  private readonly sessions: Set<ServerHttp2Session> = new Set()
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

  /** Says goodbye on its connections, and is back on the same port once they have ended. */
  async restart(): Promise<void> {
    const closed = once(this.server, 'close')
    this.server.close()
    for (const session of this.sessions) session.close()
    await closed
    this.server = this.create()
    await this.start()
  }

  close(): void {
    this.server.close()
    for (const session of this.sessions) session.destroy()
  }

  private create(): Http2Server {
    const server = createServer()
    server.on('session', (session) => {
      this.sessions.add(session)
      session.on('close', () => this.sessions.delete(session))
      session.on('error', () => undefined)
    })
    server.on('sessionError', () => undefined)
    server.on('stream', (stream, headers) => {
      // Those that the other side resets are part of the game.
      stream.on('error', () => undefined)
      // Outside of the platform's reading of frames, in which it does not survive the end of a connection.
      stream.on('end', () => setImmediate(() => this.answer(stream, headers))).resume()
    })
    return server
  }

  private answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const [, fault, id] = /^\/stock\/(\w+)\/(\S+)$/.exec(headers[':path']!)!
    const isFirst = headers['x-envoy-attempt-count'] === '1'
    if (headers[':method'] === 'POST') this.executed.set(id!, (this.executed.get(id!) ?? 0) + 1)
    if (stream.destroyed) return
    this.send(stream, isFirst || fault === 'closing' ? (fault as Fault) : 'none')
  }

  private send(stream: ServerHttp2Stream, fault: Fault): void {
    const { session } = stream
    if (fault === 'silent') return
    stream.respond({ ':status': fault === 'unavailable' ? 503 : 200, 'content-length': 2 })
    stream.end(fault === 'unavailable' ? 'no' : 'ok')
    if (fault === 'closing') session?.close()
  }
}
