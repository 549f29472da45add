import { Hono } from 'hono'
import { callPanels } from '../assemble/call-panels.js'
import { sagaPanel } from '../assemble/saga-panel.js'
import type { ConsoleSystem } from '../console-system.js'
import type { ServicePanel } from '../model/service-panel.js'
import { reasonOf } from '../sources/polled-source.js'
import { refusal } from './refusal.js'

/** One trace, one saga, the panel of one service. */
export function findRoutes(system: ConsoleSystem): Hono {
  const routes = new Hono()
  routes.get('/traces/:id', async (c) => {
    const id = c.req.param('id')
    const trace = await system.traces.find(id)
    return trace === undefined ? c.json(unknown('trace', id), 404) : c.json(trace)
  })
  routes.get('/sagas/:id', async (c) => {
    const id = c.req.param('id')
    if (system.store === undefined) return c.json(unknown('store', 'of sagas'), 404)
    const saga = await system.store.find(id)
    return saga === undefined ? c.json(unknown('saga', id), 404) : c.json(sagaPanel(saga))
  })
  routes.get('/services/:name', async (c) => {
    const name = c.req.param('name')
    const document = system.document?.last
    const panel: ServicePanel = {
      name,
      calls: document === undefined ? [] : callPanels(document, name),
      endpoints: await system.endpoints(name),
      log: await system.log(name),
    }
    return c.json(panel)
  })
  routes.onError((error, c) => c.json(refusal(`cannot answer: ${reasonOf(error)}`, 'WT_CONSOLE_SOURCE'), 502))
  return routes
}

function unknown(what: string, id: string) {
  return refusal(`cannot show ${what} ${id}: there is none`, 'WT_CONSOLE_UNKNOWN')
}
