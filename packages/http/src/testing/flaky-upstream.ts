import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resetConnection } from '@watertight/traffic'
import { afterInput } from '../runtime/limit-queue.js'
import { type Clock, clock } from '../runtime/clock.js'
import { type UpstreamOptions, UpstreamReplies, type UpstreamRequest } from './upstream-replies.js'
import type { Reply, UpstreamStep } from './upstream-script.js'

/** A server that fails as it is told. */
export interface FlakyUpstream extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /** Every request so far, the latest 10,000 of them. */
  readonly requests: readonly UpstreamRequest[]
  /** Goes on with another script, for requests without a route of their own. */
  play(script: readonly UpstreamStep[]): void
  /** Cuts every connection and stops listening. */
  close(): Promise<void>
}

const BODY_BYTES_MAX = 64 * 1024

/**
 * Starts a server on a free loopback port that answers by a script: fails first and recovers, is slow, resets
 * connections. For tests of what your service does then.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 * @example
 * const upstream = await flakyUpstream({ script: [{ times: 2, status: 503 }, { json: { points: 12 } }] })
 * const response = await fetch(upstream.url)
 * await upstream.close()
 */
export async function flakyUpstream(options: UpstreamOptions = {}): Promise<FlakyUpstream> {
  const upstream = new Upstream(options)
  await upstream.listen()
  return upstream
}

class Upstream implements FlakyUpstream {
  readonly #clock: Clock
  readonly #replies: UpstreamReplies
  readonly #server: Server
  #url: string = ''

  constructor(options: UpstreamOptions) {
    this.#clock = options.clock ?? clock
    this.#replies = new UpstreamReplies('flaky upstream', options, this.#clock.now())
    this.#server = createServer((message, response) => {
      this.#answer(message, response).catch(() => response.destroy())
    })
  }

  get requests(): readonly UpstreamRequest[] {
    return this.#replies.requests
  }

  get url(): string {
    return this.#url
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  play(script: readonly UpstreamStep[]): void {
    this.#replies.play(script)
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = once(this.#server, 'close')
    this.#server.close()
    this.#server.closeAllConnections()
    await closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(message)
    const { method = '', url = '', headers } = message
    const reply = this.#replies.next({ method, path: url, headers, body }, this.#clock.now())
    const delayMs = reply.fault?.delayMs ?? 0
    if (delayMs > 0) await new Promise<void>((wake) => this.#clock.setTimer(delayMs, wake))
    send(response, reply)
  }
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of message as AsyncIterable<Buffer>) {
    if (bytes < BODY_BYTES_MAX) chunks.push(chunk)
    bytes += chunk.length
  }
  return Buffer.concat(chunks).subarray(0, BODY_BYTES_MAX).toString()
}

function send(response: ServerResponse, { status, headers, body, fault }: Reply): void {
  const { socket } = response
  const end = fault?.end
  if (end === 'hang' || socket === null) return
  if (end === 'reset') {
    resetConnection(socket)
    return
  }
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  if (end !== 'cut' && end !== 'stall') {
    response.end(body)
    return
  }
  response.write(body.slice(0, body.length >> 1), () => {
    // The reset must not overtake the half that is to be read.
    if (end === 'cut') afterInput(() => resetConnection(socket))
  })
}
