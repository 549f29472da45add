import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

/** An instance of a service on one port, which restarts as processes do. */
export abstract class RestartingService {
  /** How often each id was executed, of requests that must not be repeated. */
  readonly executed: Map<string, number> = new Map()
  port: number = 0
  /** Its connections, and how each is left. */
  private readonly connections: Map<Socket, () => void> = new Map()
  private server: Server = this.create()

  /** Answers what comes by a connection. Returns how to leave it when the service restarts. */
  protected abstract serve(socket: Socket): () => void

  async start(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1')
    await once(this.server, 'listening')
    const address = this.server.address()
    if (typeof address === 'object' && address !== null) this.port = address.port
  }

  /** Takes nothing new, leaves its connections, and is back on the same port once they have closed. */
  async restart(): Promise<void> {
    const closed = once(this.server, 'close')
    this.server.close()
    for (const leave of this.connections.values()) leave()
    await closed
    this.server = this.create()
    await this.start()
  }

  close(): void {
    this.server.close()
    for (const socket of this.connections.keys()) socket.destroy()
  }

  protected execute(id: string): void {
    this.executed.set(id, (this.executed.get(id) ?? 0) + 1)
  }

  private create(): Server {
    return createServer({ noDelay: true }, (socket) => {
      this.connections.set(socket, this.serve(socket))
      socket.on('close', () => this.connections.delete(socket))
    })
  }
}
