import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ReadRequest } from './read-requests.js'

/** A service that answers everything and remembers what it was asked for. */
export interface RecordingUpstream extends AsyncDisposable {
  readonly port: number
  /** The requests since the last look. */
  seen(): readonly ReadRequest[]
}

export async function recordingUpstream(): Promise<RecordingUpstream> {
  let requests: ReadRequest[] = []
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    let body = ''
    request.setEncoding('latin1')
    request.on('data', (chunk: string) => {
      body += chunk
    })
    request.on('error', () => undefined)
    request.on('end', () => {
      requests.push({ method: request.method ?? '', target: request.url ?? '', body })
      response.end('ok')
    })
  }
  const server = createServer(answer)
  server.on('checkExpectation', answer)
  // What a proxy breaks off halfway is no news here.
  server.on('clientError', (_error, socket) => socket.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    seen: () => {
      const seen = requests
      requests = []
      return seen
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
