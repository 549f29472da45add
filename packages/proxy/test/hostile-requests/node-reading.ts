import { once } from 'node:events'
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http'
import { Duplex } from 'node:stream'
import type { ReadRequest } from './read-requests.js'

/** What the platform's own server makes of all that came over one connection. */
export interface NodeReading {
  readonly requests: readonly ReadRequest[]
  /** The code of the error that ended the reading; that something did not end is none. */
  readonly refused: string | undefined
}

const UNFINISHED = new Set(['HPE_INVALID_EOF_STATE', 'ECONNRESET'])

/** A connection in memory: there is nothing here to wait for but the server. */
class Wire extends Duplex {
  override _read(): void {}
  override _write(_chunk: unknown, _encoding: unknown, done: () => void): void {
    done()
  }
}

/** Reads connections with the platform's server, each as if it were alone. */
export class NodeReader {
  private readonly server: Server
  private readonly requests = new Map<unknown, ReadRequest[]>()
  private readonly refusals = new Map<unknown, string>()

  constructor() {
    this.server = createServer({ keepAliveTimeout: 0 }, (request, response) => this.take(request, response))
    this.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
      this.take(request, response),
    )
    this.server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (!UNFINISHED.has(error.code ?? '')) this.refusals.set(socket, error.code ?? error.message)
      // What came whole before that is handed on first.
      setImmediate(() => socket.destroy())
    })
  }

  async read(bytes: Buffer): Promise<NodeReading> {
    const wire = new Wire()
    const requests: ReadRequest[] = []
    this.requests.set(wire, requests)
    this.server.emit('connection', wire)
    wire.push(bytes)
    wire.push(null)
    await once(wire, 'close')
    const refused = this.refusals.get(wire)
    this.requests.delete(wire)
    this.refusals.delete(wire)
    return { requests, refused }
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    let body = ''
    request.setEncoding('latin1')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('error', () => undefined)
    const { socket } = request
    request.on('end', () => {
      this.requests.get(socket)?.push({ method: request.method ?? '', target: request.url ?? '', body })
      response.end()
    })
  }
}
