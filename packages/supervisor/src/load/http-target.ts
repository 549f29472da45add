import { Agent, request as requestPlain } from 'node:http'
import { Agent as TlsAgent, request as requestTls } from 'node:https'
import type { LoadRequest } from './load-request.js'

export interface HttpTargetOptions {
  /** Such as `https://localhost:8443`; reached on loopback, whatever the name means to this machine. */
  readonly url: string
  /** The certificate, as PEM, of whom to believe. Without one, whoever answers on loopback is believed. */
  readonly authority?: string | undefined
  /** How long a caller waits for the whole answer. */
  readonly limitMs: number
}

/** What became of a request. */
export interface Sent {
  readonly outcome: string
  readonly body: string
}

const KEPT_MAX = 64 * 1024

/** Where a load goes. Connections are kept, as callers keep them. */
export class HttpTarget {
  readonly url: string
  readonly #send: typeof requestPlain
  readonly #agent: Agent
  readonly #port: number
  readonly #host: string
  readonly #limitMs: number

  constructor({ url, authority, limitMs }: HttpTargetOptions) {
    const { protocol, port, host, hostname } = new URL(url)
    const isTls = protocol === 'https:'
    this.url = url
    this.#send = isTls ? requestTls : requestPlain
    this.#agent = isTls
      ? new TlsAgent({
          keepAlive: true,
          servername: hostname,
          ...(authority === undefined ? { rejectUnauthorized: false } : { ca: authority }),
        })
      : new Agent({ keepAlive: true })
    this.#port = Number(port) || (isTls ? 443 : 80)
    this.#host = host
    this.#limitMs = limitMs
  }

  /** What became of it: the status, or why there is none, and what was answered, if that is kept. Never rejects. */
  send({ method, path, headers = {}, body = '' }: LoadRequest, keepsBody: boolean): Promise<Sent> {
    return new Promise((resolve) => {
      let kept = ''
      const length = body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }
      const outgoing = this.#send(
        {
          agent: this.#agent,
          host: '127.0.0.1',
          port: this.#port,
          method,
          path,
          headers: { host: this.#host, ...length, ...headers },
        },
        (response) => {
          response.on('error', (error) => settle(failureOf(error)))
          response.on('end', () => settle(String(response.statusCode)))
          response.on('close', () => settle('reset'))
          if (!keepsBody) return void response.resume()
          response.setEncoding('utf8').on('data', (text: string) => {
            if (kept.length < KEPT_MAX) kept = (kept + text).slice(0, KEPT_MAX)
          })
        },
      )
      const timer = setTimeout(() => {
        settle('timeout')
        outgoing.destroy()
      }, this.#limitMs)
      const settle = (outcome: string): void => {
        clearTimeout(timer)
        resolve({ outcome, body: kept })
      }
      outgoing.on('error', (error) => settle(failureOf(error)))
      outgoing.end(body)
    })
  }

  close(): void {
    this.#agent.destroy()
  }
}

function failureOf({ code, name }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') return 'refused'
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'reset'
  return (code ?? name).toLowerCase()
}
