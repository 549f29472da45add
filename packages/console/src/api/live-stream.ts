import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import type { LiveFeed } from './live-feed.js'

/** Whoever hears nothing for so long may take the line for dead. */
const QUIET_MS = 10_000

/**
 * `GET /api/live`: an event `snapshot`, then an event `change` for each that follows. The id of an event is its sequence: a reader
 * that comes back with `Last-Event-ID` gets the changes since.
 */
export function liveStream(c: Context, feed: LiveFeed): Response {
  const last = c.req.header('last-event-id') ?? c.req.query('after')
  return streamSSE(c, async (stream) => {
    const leaving = new AbortController()
    stream.onAbort(() => leaving.abort())
    for await (const told of feed.follow(
      last === undefined ? undefined : Number(last),
      QUIET_MS,
      leaving.signal,
    )) {
      if (told === undefined) await stream.write(': nothing new\n\n')
      else if ('snapshot' in told) await stream.writeSSE(eventOf('snapshot', told.snapshot))
      else await stream.writeSSE(eventOf('change', told.change))
    }
  })
}

function eventOf(event: string, body: { readonly sequence: number }) {
  return { event, id: String(body.sequence), data: JSON.stringify(body) }
}
