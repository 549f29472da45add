import type { IncomingMessage, ServerResponse } from 'node:http'
import { writeAnswer } from '../answer.js'
import { checkAdmission, type RequestAdmission } from '../guard/request-adapter.js'
import { type ExpressRequest, mountPathOf } from './mount-path-of.js'

export type ExpressMiddleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

/**
 * The guard as middleware of Express 4 and 5, and so of NestJS. Put it before every other middleware. Whatever else admits
 * requests fits in the same way, also in front of one route.
 *
 * Express matches routes after its middleware has run, so requests are judged by the durations of their route only
 * with the guard's option `route`, or where the middleware stands in the route itself.
 *
 * @example
 * import { createServerGuard } from '@watertight/http'
 * import express from 'express'
 *
 * const app = express()
 * app.use(expressGuard(createServerGuard()))
 */
export function expressGuard(guard: RequestAdmission): ExpressMiddleware {
  checkAdmission(guard)
  return (request, response, next) => {
    const mountPath = mountPathOf(request)
    guard.admit(request, response, {
      proceed: () => next(),
      answer: (answer) => writeAnswer(response, answer),
      route: () => routeOf(request, mountPath),
    })
  }
}

function routeOf(request: ExpressRequest, mountPath: () => string): string | undefined {
  const path = request.route?.path
  return typeof path === 'string' ? `${mountPath()}${path}` : undefined
}
