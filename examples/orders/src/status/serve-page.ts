import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

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
  const listen = (wanted: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ port: wanted, host: '127.0.0.1', exclusive: true }, resolve)
    })
  await listen(port).catch(() => listen(0))
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${bound}/`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
