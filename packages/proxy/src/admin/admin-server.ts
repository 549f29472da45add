import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ServiceTelemetry } from '@watertight/telemetry'

/** What the admin listener tells of. */
export interface AdminSubject {
  readonly ready: boolean
  readonly telemetry: ServiceTelemetry
}

/** Tells how the proxy stands, to whoever is on this machine. */
export class AdminServer {
  private readonly given: number
  private readonly subject: AdminSubject
  private readonly server: Server

  constructor(port: number, subject: AdminSubject) {
    this.given = port
    this.subject = subject
    this.server = createServer((request, response) => this.answer(request, response))
  }

  get port(): number {
    const address = this.server.address()
    return typeof address === 'object' && address !== null ? address.port : this.given
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(this.given, '127.0.0.1', resolve)
    })
  }

  close(): void {
    this.server.close()
    this.server.closeAllConnections()
  }

  private answer({ url, headers }: IncomingMessage, response: ServerResponse): void {
    const { ready, telemetry } = this.subject
    if (url === '/ready') {
      response
        .writeHead(ready ? 200 : 503, { 'content-type': 'text/plain' })
        .end(ready ? 'LIVE\n' : 'DRAINING\n')
    } else if (url === '/stats/prometheus') {
      const { contentType, body } = telemetry.expose(headers.accept)
      response.writeHead(200, { 'content-type': contentType }).end(body)
    } else response.writeHead(404).end()
  }
}
