import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { createApp } from './api/create-app.js'
import { CONSOLE_PORT, type ConsoleOptions } from './console-options.js'
import { ConsolePortError } from './console-port-error.js'
import { ConsoleSystem } from './console-system.js'

/** A console that runs: it reads what a system tells of itself, and serves it to a page and to programs. */
export class Console {
  /** Where it is: `http://127.0.0.1:4717`. */
  readonly url: string
  /** What changes have to be asked with. */
  readonly token: string
  readonly #system: ConsoleSystem
  readonly #server: Server
  #closed: Promise<void> | undefined

  private constructor(url: string, token: string, system: ConsoleSystem, server: Server) {
    this.url = url
    this.token = token
    this.#system = system
    this.#server = server
  }

  /**
   * Starts to read and to serve.
   *
   * @throws {@link ConsolePortError} when another program listens at the port
   * @example
   * const console = await Console.open({ manifest: 'watertight.yaml', port: 0 })
   * await console.close()
   */
  static async open(options: ConsoleOptions = {}): Promise<Console> {
    const { host = '127.0.0.1', port = CONSOLE_PORT, token = randomBytes(18).toString('base64url') } = options
    const system = new ConsoleSystem(options)
    const app = createApp(system, { host, token })
    // Request and Response of the process are everybody's: left to itself, it would put its own in their place.
    const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
    const server = createServer((request, response) => void listener(request, response))
    server.listen(port, host)
    await once(server, 'listening').catch((error: unknown) => {
      throw new ConsolePortError(host, port, error)
    })
    await system.start()
    const at = (server.address() as AddressInfo).port
    const name = host.includes(':') ? `[${host}]` : host
    return new Console(`http://${name}:${at}`, token, system, server)
  }

  /** Where programs of the system send spans to: the value of `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  get spansUrl(): string {
    return this.url
  }

  /** Ends it; once more changes nothing. */
  async close(): Promise<void> {
    this.#closed ??= this.#close()
    await this.#closed
  }

  async #close(): Promise<void> {
    await this.#system.close()
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }
}
