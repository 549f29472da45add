import { createServer, type Server } from 'node:http'
import { text } from 'node:stream/consumers'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { idempotentRequestOf } from '@watertight/durable'
import type { ExchangeRequest } from '../../src/http/edge.js'
import { replyOf } from '../../src/http/reply-of.js'
import { Router } from '../../src/http/routes.js'
import { sentReply } from '../../src/http/sent-reply.js'
import type { Service } from '../../src/http/service.js'

/** A service behind the server that keeps the keys of its requests. */
export class KeyedServer {
  readonly #server: Server

  private constructor(server: Server) {
    this.#server = server
  }

  static async open(
    { routes, idempotency }: Omit<Service, 'close'>,
    onFailure: (error: unknown) => void,
  ): Promise<KeyedServer> {
    const router = new Router(routes)
    if (idempotency === undefined) throw new Error('cannot open a keyed server: its service keeps no keys')
    const server = createServer(
      idempotency.listener(async (message, response) => {
        const sent = await text(message)
        const reply = await replyOf(() => {
          const { handler, params } = router.find(message.method ?? '', message.url ?? '')
          const body: unknown = sent === '' ? undefined : JSON.parse(sent)
          const idempotent = idempotentRequestOf(message)
          return handler({ params, query: new URLSearchParams(), headers: message.headers, body, idempotent })
        }, onFailure)
        const { status, headers, body } = sentReply(reply)
        response.writeHead(status, headers)
        response.end(body)
      }),
    )
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new KeyedServer(server)
  }

  async send(path: string, request: Omit<ExchangeRequest, 'onAttempt'>): Promise<Response> {
    const { port } = this.#server.address() as AddressInfo
    const { method, headers, body } = request
    return await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    })
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}
