import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { seededRandom, type SeededRandom } from '@watertight/policy/testing'
import { systemClock, type Clock } from '../runtime/clock.js'
import { OperationPattern, pathSegments } from '@watertight/traffic'
import { checkKnown } from '../options/option-checks.js'
import { UpstreamScript, type Reply, type UpstreamStep } from './upstream-script.js'

export interface FlakyUpstreamOptions {
  /** For requests without a route of their own. Default answers 200 at once. */
  readonly script?: readonly UpstreamStep[]
  /** Scripts by method and path, `:name` stands for any segment: `{ 'GET /items/:id': [...] }`. */
  readonly routes?: Readonly<Record<string, readonly UpstreamStep[]>>
  /** Of latencies and error rates. Default 1: every run is the same. */
  readonly seed?: number
  /** Waits out the latencies. Default the platform's; a virtual one makes slow upstreams quick to test. */
  readonly clock?: Clock
}

/** A request as the upstream got it. */
export interface UpstreamRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  /** At most its first 64 KiB, as UTF-8. */
  readonly body: string
  /** What it was answered with; 0 for a fault. */
  readonly status: number
}

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

const REQUESTS_MAX = 10_000
const BODY_BYTES_MAX = 64 * 1024

/**
 * Starts a server on a free loopback port that answers by a script: fails first and recovers, is slow, resets
 * connections. For tests of what your service does then.
 *
 * @throws {OptionError} when an option is unknown or out of its range
 * @example
 * await using upstream = await flakyUpstream({ script: [{ times: 2, status: 503 }, { json: { points: 12 } }] })
 * const response = await fetch(upstream.url)
 */
export async function flakyUpstream(options: FlakyUpstreamOptions = {}): Promise<FlakyUpstream> {
  checkKnown('flaky upstream', options, ['script', 'routes', 'seed', 'clock'])
  const upstream = new Upstream(options)
  await upstream.listen()
  return upstream
}

class Upstream implements FlakyUpstream {
  readonly requests: UpstreamRequest[] = []
  readonly #random: SeededRandom
  readonly #clock: Clock
  readonly #routes: readonly { pattern: OperationPattern; script: UpstreamScript }[]
  readonly #server: Server
  #script: UpstreamScript
  #url: string = ''

  constructor({ script = [], routes = {}, seed = 1, clock = systemClock }: FlakyUpstreamOptions) {
    this.#random = seededRandom(seed)
    this.#clock = clock
    this.#script = new UpstreamScript(script, this.#random)
    this.#routes = Object.entries(routes).map(([route, steps]) => ({
      pattern: new OperationPattern(route),
      script: new UpstreamScript(steps, this.#random),
    }))
    this.#server = createServer((message, response) => {
      this.#answer(message, response).catch(() => response.destroy())
    })
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
    this.#script = new UpstreamScript(script, this.#random)
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
    const reply = this.#scriptFor(method, url).next()
    const status = reply.fault === undefined ? reply.status : 0
    this.requests.push({ method, path: url, headers, body, status })
    if (this.requests.length > REQUESTS_MAX) this.requests.shift()
    const { latencyMs } = reply
    if (latencyMs > 0) await new Promise<void>((wake) => this.#clock.setTimer(latencyMs, wake))
    send(response, reply)
  }

  #scriptFor(method: string, path: string): UpstreamScript {
    const segments = pathSegments(path)
    return this.#routes.find(({ pattern }) => pattern.matches(method, segments))?.script ?? this.#script
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
  if (fault === 'hang' || socket === null) return
  if (fault === 'reset') {
    socket.resetAndDestroy()
    return
  }
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  if (fault === undefined) response.end(body)
  // The reset must not overtake the half that is to be read.
  else response.write(body.slice(0, body.length >> 1), () => setImmediate(() => socket.resetAndDestroy()))
}
