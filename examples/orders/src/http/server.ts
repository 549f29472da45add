import { createServer, ServerResponse, type IncomingMessage, type Server } from 'node:http'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { createServerGuard, type GuardedRequest, type Health, type ServerGuard } from '@watertight/http'
import { idempotentRequestOf, type Idempotency, type NodeHandler } from '@watertight/durable'
import type { ServiceTelemetry } from '@watertight/telemetry'
import type { Faults } from '@watertight/traffic'
import type { Log } from '../telemetry/observation.js'
import { readJson } from './read-json.js'
import { DurationSum } from './durations.js'
import { Problem } from './problem.js'
import { replyOf } from './reply-of.js'
import { sentReply } from './sent-reply.js'
import { Router, type Reply, type Routes } from './routes.js'

const BODY_BYTES_MAX = 16 * 1024
const IN_FLIGHT_MAX = 256
const REQUEST_TIMEOUT_MS = 15_000

export interface ServerOptions {
  /** What the service is there for: guarded, measured, and struck by faults. */
  readonly routes: Routes
  /** Has a POST to these happen once for each `Idempotency-Key`. */
  readonly idempotency?: Idempotency | undefined
  /** Status, books and faults: these work however broken or busy the service is. */
  readonly internalRoutes: Routes
  readonly faults: Faults
  readonly health: Health
  readonly telemetry: ServiceTelemetry
  readonly log: Log
}

/** A JSON server on `node:http` behind a guard: bounded bodies, bounded work in flight, problem details. */
export class JsonServer {
  readonly server: Server
  readonly guard: ServerGuard
  /** How long requests took that it is there for. */
  readonly durations: DurationSum = new DurationSum()
  readonly #routes: Router
  readonly #internal: Router
  readonly #internalPaths: RegExp
  readonly #handle: NodeHandler
  readonly #faults: Faults
  readonly #log: Log

  constructor(options: ServerOptions) {
    const { health, telemetry, log } = options
    this.#routes = new Router(options.routes)
    this.#internal = new Router(options.internalRoutes)
    const firstSegments = Object.keys(options.internalRoutes).map((name) => name.split('/')[1] ?? '')
    this.#internalPaths = new RegExp(`^/(${[...new Set(firstSegments)].join('|')})(/|$)`)
    this.#faults = options.faults
    this.#log = log
    this.guard = createServerGuard({
      health,
      telemetry,
      // Not below what comes in while a service is restarted: those requests wait for it, and are no overload.
      shedding: { initialLimit: 200, minLimit: 200, maxLimit: IN_FLIGHT_MAX, queue: 100 },
      route: ({ url }) => this.#routes.template(split(url).path),
    })
    const { idempotency } = options
    const handle: NodeHandler = (request, response) =>
      this.#reply(request, response, () => this.#answer(this.#routes, request))
    this.#handle = idempotency?.listener(handle) ?? handle
    const guarded = this.guard.listener((request, response, { arrivedAt }: GuardedRequest) =>
      this.#serve(request, response, arrivedAt),
    )
    this.server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      if (this.#internalPaths.test(split(request.url).path)) void this.#serveInternal(request, response)
      else guarded(request, response)
    })
    this.server.maxConnections = 1_024
  }

  /** Listens on loopback only; rejects when the port is taken. */
  async listen(port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject)
      this.server.listen(port, '127.0.0.1', resolve)
    })
  }

  async #serve(request: IncomingMessage, response: ServerResponse, arrivedAt: number): Promise<void> {
    await this.#underFaults(request, response)
    await finished(response).catch(() => {})
    const { method, url } = request
    const route = this.#routes.template(split(url).path)
    const ms = performance.now() - arrivedAt
    this.durations.add(ms)
    const rounded = Math.round(ms * 10) / 10
    this.#log.info({ method, route, status: response.statusCode, ms: rounded }, 'answered')
  }

  #serveInternal(request: IncomingMessage, response: ServerResponse): Promise<void> {
    return this.#reply(request, response, () => this.#answer(this.#internal, request))
  }

  async #reply(
    request: IncomingMessage,
    response: ServerResponse,
    answer: () => Reply | Promise<Reply>,
  ): Promise<void> {
    const reply = await replyOf(answer, (error) => {
      // A client that hung up half way is no problem of ours.
      if (request.errored === null) this.#log.error({ err: error }, 'a request failed')
    })
    // Nor is anybody left to hear of it.
    if (request.errored !== null) return
    if (reply.page !== undefined) {
      response.writeHead(reply.status, { 'content-type': 'text/html; charset=utf-8', ...reply.headers })
      response.end(reply.page)
      return
    }
    const { status, headers, body } = sentReply(reply)
    response.writeHead(status, headers)
    response.end(body)
  }

  async #answer(router: Router, request: IncomingMessage): Promise<Reply> {
    const { path, query } = split(request.url)
    const { handler, params } = router.find(request.method ?? '', path)
    const body = await readJson(request, BODY_BYTES_MAX)
    const idempotent = idempotentRequestOf(request)
    return handler({ params, query: new URLSearchParams(query), headers: request.headers, body, idempotent })
  }

  async #underFaults(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '/' } = request
    const fault = this.#faults.strike(performance.now(), { method, path })
    if (fault !== undefined && fault.delayMs > 0) await sleep(fault.delayMs)
    if (fault?.end === undefined) {
      await this.#handle(request, response)
      return
    }
    // The work may have been done all the same, for an answer that nobody gets.
    if (fault.when !== 'before') await this.#handle(request, new ServerResponse(request))
    await this.#reply(request, response, () => {
      throw injected()
    })
  }
}

function split(url: string | undefined): { path: string; query: string } {
  const [path = '/', query = ''] = (url ?? '/').split('?', 2)
  return { path, query }
}

function injected(): Problem {
  return new Problem(500, 'injected-fault', 'this failure was asked for by POST /faults')
}
