import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A service that answers everything and remembers what it was asked for. */
export interface RecordingUpstream extends AsyncDisposable {
  readonly port: number
  /** Paths of the requests since the last look. */
  seen(): readonly string[]
}

export async function recordingUpstream(): Promise<RecordingUpstream> {
  let paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(request.url ?? '')
    request.on('error', () => undefined)
    request.resume().on('end', () => response.end('ok'))
  })
  // What a proxy breaks off halfway is no news here.
  server.on('clientError', (_error, socket) => socket.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    seen: () => {
      const seen = paths
      paths = []
      return seen
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
