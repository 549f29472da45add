import { Agent, request, type RequestOptions } from 'node:https'
import { text } from 'node:stream/consumers'
import type { IncomingHttpHeaders } from 'node:http'

/** What a customer sends. */
export interface Order {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** How long the customer waits for the whole answer. */
  readonly limitMs: number
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface FrontDoorOptions {
  /** Such as `https://localhost:8443`. */
  readonly url: string
  /** The certificate, as PEM, of whom to believe. */
  readonly authority: string
}

/** The gateway as customers reach it: by TLS, and on loopback whatever `localhost` means to this machine. */
export class FrontDoor {
  readonly #options: RequestOptions
  readonly #agent: Agent

  constructor({ url, authority }: FrontDoorOptions) {
    this.#agent = new Agent({ keepAlive: true, ca: authority })
    const { hostname, port } = new URL(url)
    this.#options = { agent: this.#agent, host: '127.0.0.1', port, servername: hostname }
  }

  /** Rejects when no whole answer has come in time. */
  send({ method, path, headers = {}, body = '', limitMs }: Order): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }
      const outgoing = request(
        {
          ...this.#options,
          method,
          path,
          headers: { ...(body === '' ? {} : sent), ...headers },
          signal: AbortSignal.timeout(limitMs),
        },
        (response) => {
          const { statusCode: status = 0, headers: answered } = response
          text(response).then((whole) => resolve({ status, headers: answered, body: whole }), reject)
        },
      )
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}
