import type { IncomingHttpHeaders } from 'node:http'
import type { IdempotentRequest } from '@watertight/durable'
import { Problem } from './problem.js'

/** What a handler sees of a request. */
export interface Request {
  /** The named parts of the path: `:id` in `/orders/:id`. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly headers: IncomingHttpHeaders
  /** The parsed JSON body, `undefined` when there is none. */
  readonly body: unknown
  /** Of a POST with an `Idempotency-Key`, where the service has each happen once. */
  readonly idempotent?: IdempotentRequest | undefined
}

/** What a handler answers; the body is sent as JSON, or not at all when `undefined`. */
export interface Reply {
  readonly status: number
  readonly body?: unknown
  /** HTML for a browser, in place of a body. */
  readonly page?: string
  readonly headers?: Readonly<Record<string, string>>
}

export type Handler = (request: Request) => Reply | Promise<Reply>

/** Handlers by method and path: `{ 'POST /orders': place, 'GET /orders/:id': show }`. */
export type Routes = Readonly<Record<string, Handler>>

interface Route {
  readonly method: string
  readonly segments: readonly string[]
  readonly handler: Handler
}

/** Finds the handler for a method and a path, or throws the 404 or 405 that is due. */
export class Router {
  readonly #routes: readonly Route[]

  constructor(routes: Routes) {
    this.#routes = Object.entries(routes).map(([name, handler]) => {
      const [method = '', path = ''] = name.split(' ')
      return { method, segments: path.split('/'), handler }
    })
  }

  find(method: string, path: string): { handler: Handler; params: Record<string, string> } {
    const segments = path.split('/')
    const allowed: string[] = []
    for (const route of this.#routes) {
      const params = match(route.segments, segments)
      if (params === undefined) continue
      if (route.method === method) return { handler: route.handler, params }
      allowed.push(route.method)
    }
    if (allowed.length === 0) throw new Problem(404, 'not-found', `there is nothing at ${path.slice(0, 200)}`)
    throw new MethodNotAllowed(method, allowed)
  }

  /** The pattern that a path matches, for metrics and traces: there are few of them, and no end of paths. */
  template(path: string): string | undefined {
    const segments = path.split('/')
    return this.#routes.find((route) => match(route.segments, segments) !== undefined)?.segments.join('/')
  }
}

/** A 405 with the `Allow` header that it must carry. */
export class MethodNotAllowed extends Problem {
  readonly allow: string

  constructor(method: string, allowed: readonly string[]) {
    const allow = allowed.join(', ')
    super(405, 'method-not-allowed', `${method} is not allowed here, only ${allow}`)
    this.allow = allow
  }
}

function match(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? ''
    if (part.startsWith(':') && segment !== '') params[part.slice(1)] = segment
    else if (part !== segment) return undefined
  }
  return params
}
