import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { ServerGuard } from '../guard/server-guard.js'

/** What `@hono/node-server` puts into the environment of a request. */
interface NodeBindings {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
}

/**
 * The guard as middleware of Hono on `@hono/node-server`. Put it before every other middleware.
 *
 * @example
 * import { createServerGuard } from '@watertight/http'
 * import { Hono } from 'hono'
 *
 * const app = new Hono()
 * app.use(honoGuard(createServerGuard()))
 */
export function honoGuard(guard: ServerGuard): MiddlewareHandler {
  return (context, next) =>
    new Promise((resolve, reject) => {
      const { incoming, outgoing } = bindingsOf(context)
      guard.admit(incoming, outgoing, {
        proceed: () => {
          const work = next()
          work.then(() => resolve(), reject)
          return work
        },
        answer: ({ status, headers, body }) => resolve(new Response(body, { status, headers })),
        route: () => routeOf(context),
      })
    })
}

function bindingsOf(context: Context): NodeBindings {
  const bindings = context.env as Partial<NodeBindings> | undefined
  const { incoming, outgoing } = bindings ?? {}
  if (incoming !== undefined && outgoing !== undefined) return { incoming, outgoing }
  throw new TypeError('cannot guard a Hono request: it must come through @hono/node-server over HTTP/1.1')
}

/** The last route matched is the handler's; when only middleware matches, it is a pattern for everything. */
function routeOf(context: Context): string | undefined {
  const path = matchedRoutes(context).at(-1)?.path
  return path === undefined || path.endsWith('*') ? undefined : path
}
