import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { readJson } from './body.js'
import type { Faults } from './faults.js'
import { Problem, unavailable } from './problem.js'
import { MethodNotAllowed, Router, type Reply, type Routes } from './routes.js'

const BODY_BYTES_MAX = 16 * 1024
const IN_FLIGHT_MAX = 256
const REQUEST_TIMEOUT_MS = 15_000

export interface ServerOptions {
  /** What the service is there for: faults strike here, and the number in flight is bounded. */
  readonly routes: Routes
  /** Health, status, books and faults: these work however broken or busy the service is. */
  readonly internalRoutes: Routes
  readonly faults: Faults
}

/** A JSON server on `node:http`: bounded bodies, bounded work in flight, problem details, and a drain. */
export class JsonServer {
  readonly #server: Server
  readonly #routes: Router
  readonly #internal: Router
  readonly #internalPaths: RegExp
  readonly #faults: Faults
  #inFlight = 0
  #draining = false

  constructor(options: ServerOptions) {
    this.#routes = new Router(options.routes)
    this.#internal = new Router(options.internalRoutes)
    const firstSegments = Object.keys(options.internalRoutes).map((name) => name.split('/')[1] ?? '')
    this.#internalPaths = new RegExp(`^/(${[...new Set(firstSegments)].join('|')})(/|$)`)
    this.#faults = options.faults
    this.#server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      void this.#serve(request, response)
    })
    this.#server.maxConnections = 1_024
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get draining(): boolean {
    return this.#draining
  }

  /** Listens on loopback only; rejects when the port is taken. */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, '127.0.0.1', resolve)
    })
  }

  /** Takes no more connections, lets requests in flight end, and cuts what is left after `deadlineMs`. */
  async drain(deadlineMs: number): Promise<void> {
    this.#draining = true
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    await Promise.race([closed, sleep(deadlineMs, undefined, { ref: false })])
    this.#server.closeAllConnections()
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let reply: Reply
    try {
      reply = await this.#answer(request)
    } catch (error) {
      // A client that hung up half way is no problem of ours, and nobody is left to hear of it.
      if (request.errored !== null) return
      reply = problemReply(error)
    }
    // A connection that is kept alive would keep a draining server open.
    if (this.#draining) response.setHeader('connection', 'close')
    const isProblem = reply.status >= 400
    response.writeHead(reply.status, {
      'content-type': isProblem ? 'application/problem+json' : 'application/json',
      ...reply.headers,
    })
    response.end(reply.body === undefined ? undefined : `${JSON.stringify(reply.body)}\n`)
  }

  async #answer(request: IncomingMessage): Promise<Reply> {
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2)
    const isInternal = this.#internalPaths.test(path)
    const { handler, params } = (isInternal ? this.#internal : this.#routes).find(request.method ?? '', path)
    const body = await readJson(request, BODY_BYTES_MAX)
    const answer = async () =>
      handler({ params, query: new URLSearchParams(query), headers: request.headers, body })
    if (isInternal) return answer()
    if (this.#inFlight >= IN_FLIGHT_MAX) throw unavailable('too many requests are in flight', 1)
    this.#inFlight += 1
    try {
      return await this.#underFaults(answer)
    } finally {
      this.#inFlight -= 1
    }
  }

  async #underFaults(answer: () => Promise<Reply>): Promise<Reply> {
    const strike = this.#faults.strike()
    if (strike.latencyMs > 0) await sleep(strike.latencyMs)
    if (strike.fails === 'before') throw injected()
    const reply = await answer()
    if (strike.fails === 'after') throw injected()
    return reply
  }
}

function injected(): Problem {
  return new Problem(500, 'injected-fault', 'this failure was asked for by POST /faults')
}

function problemReply(error: unknown): Reply {
  if (!(error instanceof Problem)) {
    console.error(error)
    const problem = new Problem(500, 'internal-error', 'something went wrong here; the log says what')
    return { status: 500, body: problem.body() }
  }
  const seconds = error.details.retryAfterSeconds
  return {
    status: error.status,
    body: error.body(),
    headers: {
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
      ...(error instanceof MethodNotAllowed ? { allow: error.allow } : {}),
    },
  }
}
