import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Answer } from '../answer.js'
import { checkAdmission } from '../guard/request-adapter.js'
import type { ServerGuard } from '../guard/server-guard.js'
import { fetchExchange } from './fetch-exchange.js'

/** What `@hono/node-server` puts into the environment of a request. */
interface NodeBindings {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/**
 * The guard as middleware of Hono. Put it before every other middleware.
 *
 * On `@hono/node-server` it sees the whole of a request. Where Hono is handed a `Request` alone (`app.request()`, Bun, Deno),
 * a request is over for the guard once its response is made, and only a body whose length is said is held to
 * `bodyBytesMax`.
 *
 * @example
 * import { createServerGuard } from '@watertight/http'
 * import { Hono } from 'hono'
 *
 * const app = new Hono()
 * app.use(honoGuard(createServerGuard()))
 */
export function honoGuard(guard: ServerGuard): MiddlewareHandler {
  checkAdmission(guard)
  return (context, next) =>
    new Promise((resolve, reject) => {
      const route = (): string | undefined => routeOf(context)
      const { incoming, outgoing } = (context.env ?? {}) as Partial<NodeBindings>
      if (incoming !== undefined && outgoing !== undefined) {
        const proceed = (): Promise<void> => {
          const work = next()
          work.then(() => resolve(), reject)
          return work
        }
        guard.admit(incoming, outgoing, { proceed, answer: (answer) => resolve(responseOf(answer)), route })
        return
      }
      const { message, response, answered } = fetchExchange(context.req.raw, (status) =>
        resolve(new Response(null, { status })),
      )
      const settle = (answer: Response | undefined): void => {
        resolve(answer)
        answered(answer ?? context.res)
      }
      const proceed = (): Promise<void> => {
        const work = next()
        work.then(() => settle(undefined), reject)
        return work
      }
      guard.admit(message, response, { proceed, answer: (answer) => settle(responseOf(answer)), route })
    })
}

function responseOf({ status, headers, body }: Answer): Response {
  return new Response(body, { status, headers })
}

/** The last route matched is the handler's; when only middleware matches, it is a pattern for everything. */
function routeOf(context: Context): string | undefined {
  const path = matchedRoutes(context).at(-1)?.path
  return path === undefined || path.endsWith('*') ? undefined : path
}
