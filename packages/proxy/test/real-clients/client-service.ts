import { type Running, serveHttp } from '../running-proxy.js'

/** Bytes of the answer at `/large`. */
export const LARGE_BYTES = 3_000_000

/**
 * A service that every client is sent to: it tells what it was asked, with the length of the body, at any path but these:
 * `/large` answers without a length, `/slow` in two parts.
 */
export function clientService(): Promise<Running> {
  return serveHttp((request, response) => {
    let length = 0
    request.on('data', (chunk: Buffer) => (length += chunk.length))
    request.on('end', () => {
      const { method, url } = request
      if (url === '/large') {
        response.write(Buffer.alloc(LARGE_BYTES / 2, 'x'))
        response.end(Buffer.alloc(LARGE_BYTES / 2, 'x'))
      } else if (url === '/slow') {
        response.write('first ')
        setTimeout(() => response.end('second'), 30)
      } else {
        response.setHeader('set-cookie', ['a=1', 'b=2'])
        response.end(JSON.stringify({ method, url, length }))
      }
    })
  })
}
