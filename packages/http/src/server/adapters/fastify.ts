import type { FastifyPluginCallback, FastifyRequest } from 'fastify'
import { isCarried, withScope } from '../../scope/current-scope.js'
import type { GuardedRequest } from '../guard/guarded-request.js'
import { checkAdmission, type RequestAdmission } from '../guard/request-adapter.js'

/**
 * The guard as a plugin of Fastify 5. Register it before other plugins and routes. Whatever else admits requests fits in the
 * same way, after the guard.
 *
 * @example
 * import { createServerGuard } from '@watertight/http'
 * import { fastify } from 'fastify'
 *
 * const app = fastify()
 * await app.register(fastifyGuard(createServerGuard()))
 */
export function fastifyGuard(guard: RequestAdmission): FastifyPluginCallback {
  checkAdmission(guard)
  const scopes = new WeakMap<FastifyRequest, GuardedRequest>()
  const plugin: FastifyPluginCallback = (app, _options, registered) => {
    app.addHook('onRequest', (request, reply, done) => {
      guard.admit(request.raw, reply.raw, {
        proceed: (guarded) => {
          if (guarded !== undefined) scopes.set(request, guarded)
          done()
        },
        answer: ({ status, headers, body }) => void reply.code(status).headers(headers).send(body),
        route: () => request.routeOptions.url,
      })
    })
    // Fastify goes on from the events of the body, which know nothing of the scope that the request came in with.
    app.addHook('preValidation', (request, _reply, done) => {
      const guarded = scopes.get(request)
      if (guarded === undefined || !isCarried()) done()
      else withScope(guarded, done)
    })
    registered()
  }
  return Object.assign(plugin, {
    // The hooks are for the whole application, not for this plugin's own routes, of which there are none.
    [Symbol.for('skip-override')]: true,
    [Symbol.for('plugin-meta')]: { name: '@watertight/http', fastify: '5.x' },
  })
}
