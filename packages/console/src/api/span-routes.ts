import { Hono } from 'hono'
import type { SpanStore } from '../traces/span-store.js'
import { readOtlp } from '../traces/read-otlp.js'
import { readText } from './read-text.js'
import { refusal } from './refusal.js'

const BODY_BYTES_MAX = 4 * 1024 * 1024

/** `POST /v1/traces`: OTLP over HTTP as JSON, from the programs of this machine. */
export function spanRoutes(spans: SpanStore): Hono {
  const routes = new Hono()
  routes.post('/traces', async (c) => {
    if (c.req.header('content-type')?.startsWith('application/json') !== true) {
      const error =
        'cannot take spans: they must come as application/json, by OTEL_EXPORTER_OTLP_PROTOCOL=http/json'
      return c.json(refusal(error, 'WT_CONSOLE_SPANS'), 415)
    }
    // A body that its sender broke off is no JSON either.
    const text = await readText(c.req.raw, BODY_BYTES_MAX).catch(() => '')
    if (text === undefined) {
      const most = `${BODY_BYTES_MAX / 1024 / 1024} MiB`
      return c.json(refusal(`cannot take spans: the body must be at most ${most}`, 'WT_CONSOLE_SPANS'), 413)
    }
    const body = jsonIn(text)
    if (body === undefined)
      return c.json(refusal('cannot take spans: the body is no JSON', 'WT_CONSOLE_SPANS'), 400)
    spans.add(readOtlp(body))
    return c.json({})
  })
  return routes
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
