import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isPortFree } from '../supervisor/free-ports.js'

export interface ServedPage {
  readonly url: string
  close(): void
}

/** Serves one page to browsers on this machine, at `port` if that is free and else at any. */
export async function servePage(page: () => string, port: number): Promise<ServedPage> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
    response.end(page())
  })
  const wanted = (await isPortFree(port)) ? port : 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(wanted, '127.0.0.1', resolve)
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${bound}/`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
