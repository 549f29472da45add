import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { adminPages } from './admin-pages.js'
import type { AdminSource } from './admin-facts.js'

/** Tells how a proxy stands, be it one process or several, to whoever is on this machine. */
export class AdminServer {
  private readonly given: number
  private readonly source: AdminSource
  private readonly server: Server

  /** @param port 0 for any */
  constructor(port: number, source: AdminSource) {
    this.given = port
    this.source = source
    this.server = createServer((request, response) => void this.answer(request, response))
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

  private async answer(
    { method = 'GET', url = '/', headers }: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (isFromWebPage(headers)) return refuse(response, 403, 'not for pages of the web')
    const [path = '/', query = ''] = url.split('?', 2)
    const page = adminPages.get(path)
    if (page === undefined) return refuse(response, 404, `no such page: ${path}, / lists what there is`)
    if (!page.methods.includes(method)) {
      response.setHeader('allow', page.methods.join(', '))
      return refuse(response, 405, `${path} takes ${page.methods.join(' and ')}`)
    }
    const asked = { method, query: new URLSearchParams(query), accept: headers.accept }
    try {
      const { status = 200, contentType = TEXT, body } = await page.answer(this.source, asked)
      response.writeHead(status, { 'content-type': contentType }).end(method === 'HEAD' ? undefined : body)
    } catch (error) {
      refuse(response, 503, error instanceof Error ? error.message : String(error))
    }
  }
}

const TEXT = 'text/plain; charset=utf-8'
const LOOPBACK_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i

/**
 * A page that a browser on this machine has open can reach its loopback too: by a form or script, which names its
 * origin, or by a name of its own that resolves to 127.0.0.1, which the host header shows.
 */
function isFromWebPage({ origin, host }: IncomingMessage['headers']): boolean {
  return origin !== undefined || (host !== undefined && !LOOPBACK_HOST.test(host))
}

function refuse(response: ServerResponse, status: number, reason: string): void {
  response.writeHead(status, { 'content-type': TEXT }).end(`${reason}\n`)
}
