import { Hono } from 'hono'
import type { ConsoleSystem } from '../console-system.js'
import { actionRoutes } from './action-routes.js'
import { findRoutes } from './find-routes.js'
import { foreignness } from './foreignness.js'
import { pageFile } from './page-files.js'
import { readRoutes } from './read-routes.js'
import { refusal } from './refusal.js'
import { spanRoutes } from './span-routes.js'

export interface AppOptions {
  readonly host: string
  readonly token: string
}

/** All that the console answers. */
export function createApp(system: ConsoleSystem, { host, token }: AppOptions): Hono {
  const app = new Hono()
  app.use(async (c, next) => {
    const { 'sec-fetch-site': site, host: asked, origin } = c.req.header()
    for (const [name, value] of SAFE_HEADERS) c.header(name, value)
    const foreign = foreignness({ host: asked, origin, site }, host)
    if (foreign === undefined) return await next()
    return c.json(refusal(`cannot answer: ${foreign}`, 'WT_CONSOLE_FOREIGN'), 403)
  })
  app.route('/api/actions', actionRoutes(system, token))
  app.route('/api', readRoutes(system))
  app.route('/api', findRoutes(system))
  app.route('/v1', spanRoutes(system.traces.spans))
  app.all('/api/*', (c) =>
    c.json(refusal(`cannot answer: there is no ${c.req.method} ${c.req.path}`, 'WT_CONSOLE_PATH'), 404),
  )
  app.get('*', async (c) => await pageFile(c))
  return app
}

const SAFE_HEADERS: readonly (readonly [string, string])[] = [
  [
    'content-security-policy',
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  ],
  ['x-content-type-options', 'nosniff'],
  ['referrer-policy', 'no-referrer'],
  ['cross-origin-resource-policy', 'same-origin'],
]
