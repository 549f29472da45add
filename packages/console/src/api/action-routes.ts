import { Hono } from 'hono'
import { ActionRefusedError } from '../actions/action-refused-error.js'
import type { ConsoleSystem } from '../console-system.js'
import { reasonOf } from '../sources/polled-source.js'
import { isToken } from './is-token.js'
import { readBody } from './read-body.js'
import { refusal } from './refusal.js'

const BODY_BYTES_MAX = 64 * 1024

/** `POST /api/actions/NAME`, for whoever has the token; `GET /api/actions/check` tells whether one has. */
export function actionRoutes(system: ConsoleSystem, token: string): Hono {
  const routes = new Hono()
  routes.use(async (c, next) => {
    if (isToken(c.req.header('authorization'), token)) return await next()
    return c.json(
      refusal('cannot change anything: the token must be the one printed at start', 'WT_CONSOLE_TOKEN'),
      401,
    )
  })
  routes.get('/check', (c) => c.body(null, 204))
  routes.post('/:name', async (c) => {
    const name = c.req.param('name')
    const action = system.actions.find((one) => one.name === name)
    if (action === undefined) {
      const names = system.actions.map((one) => one.name).join(', ')
      const error = `cannot act: there is no action ${name}`
      return c.json(refusal(error, 'WT_CONSOLE_ACTION', `there are ${names}`), 404)
    }
    const obstacle = action.obstacle()
    if (obstacle !== null) return c.json(refusal(`cannot ${name}: ${obstacle}`, 'WT_CONSOLE_IMPOSSIBLE'), 409)
    try {
      const did = await action.act(await bodyOf(name, c.req.raw))
      const event = { kind: 'action', level: 'info', service: null, edge: null } as const
      system.events.add({ ...event, text: `by the console: ${did}` })
      return c.json({ ok: true, action: action.name, did })
    } catch (error) {
      if (error instanceof ActionRefusedError)
        return c.json(refusal(error.message, error.code, error.hint), 422)
      return c.json(refusal(`cannot ${name}: ${reasonOf(error)}`, 'WT_CONSOLE_FAILED'), 502)
    }
  })
  return routes
}

/** No more of a body is read than an action can be about. */
async function bodyOf(name: string, request: Request): Promise<unknown> {
  const text = (await readBody(request, BODY_BYTES_MAX))?.toString()
  if (text === undefined)
    throw new ActionRefusedError(`cannot ${name}: the body must be at most ${BODY_BYTES_MAX / 1024} KiB`)
  try {
    return text === '' ? {} : (JSON.parse(text) as unknown)
  } catch {
    throw new ActionRefusedError(
      `cannot ${name}: the body must be JSON, got ${JSON.stringify(text.slice(0, 40))}`,
    )
  }
}
