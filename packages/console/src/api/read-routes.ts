import { Hono } from 'hono'
import type { ConsoleSystem } from '../console-system.js'
import { snapshotJsonSchema } from '../schema/json-schemas.js'
import { liveStream } from './live-stream.js'

/** All that tells and changes nothing. */
export function readRoutes(system: ConsoleSystem): Hono {
  const routes = new Hono()
  routes.get('/snapshot', (c) => c.json(system.feed.latest ?? null))
  routes.get('/live', (c) => liveStream(c, system.feed))
  routes.get('/schema.json', (c) => c.json(snapshotJsonSchema()))
  routes.get('/history', (c) => {
    const { from, to } = timesOf(c.req.query())
    return c.json(system.history.page(from, to))
  })
  routes.get('/series', (c) => {
    const { from, to } = timesOf(c.req.query())
    return c.json(system.series.page(from, to))
  })
  return routes
}

/** What is not given is no bound. */
function timesOf({ from, to }: Readonly<Record<string, string>>): {
  readonly from: number
  readonly to: number
} {
  return { from: numberOr(from, 0), to: numberOr(to, Infinity) }
}

function numberOr(text: string | undefined, other: number): number {
  const value = Number(text)
  return text === undefined || text === '' || Number.isNaN(value) ? other : value
}
