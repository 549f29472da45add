import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { KeptAnswer } from '../answer/kept-answer.js'
import type { ClaimedRun } from '../claimed-run.js'
import { enterRequest, isKeyed } from '../enter-request.js'
import type { Idempotency } from '../idempotency.js'
import { setIdempotentRequest } from '../idempotent-request.js'
import type { BodyReading, KeyedRequest } from '../request/keyed-request.js'
import { holdEnd } from './hold-end.js'
import { fetchHeadersOf, readAnswer, responseOf } from './read-answer.js'

/**
 * The middleware of Hono, on any platform. Put it after the guard and after whatever tells who calls.
 *
 * @example
 * import { createIdempotency, openIdempotencyStore } from '@watertight/durable'
 * import { Hono } from 'hono'
 *
 * const idempotency = createIdempotency({ store: await openIdempotencyStore('memory:'), caller: () => 'all' })
 * const app = new Hono()
 * app.post('/charges', honoIdempotency(idempotency), (context) => context.json({ charged: true }, 201))
 */
export function honoIdempotency({ context: idempotency }: Idempotency): MiddlewareHandler {
  return async (context, next) => {
    const { raw } = context.req
    if (!isKeyed(raw.method)) {
      await next()
      return undefined
    }
    const entry = await enterRequest(idempotency, {
      request: keyedContext(context),
      readBody: (bytesMax) => readBody(context, bytesMax),
      isGone: () => raw.signal.aborted,
    })
    if (entry.kind === 'answer') return responseOf(entry.answer)
    if (entry.kind === 'gone') return new Response(null, { status: 400 })
    if (entry.kind === 'pass') await next()
    else {
      setIdempotentRequest(raw, entry.run)
      try {
        await next()
        await complete(context, entry.run, idempotency.answerBytesMax)
      } catch (error) {
        // Its body broke off, or it threw what is no error, which Hono lets pass: what has become of the request, nobody knows.
        await entry.run.abandon()
        throw error
      }
    }
    return undefined
  }
}

/** Hono turns errors that a handler throws into a response before it comes back to here. */
async function complete(context: Context, run: ClaimedRun, bytesMax: number): Promise<void> {
  const { status } = context.res
  const reading = await readAnswer(context.res, bytesMax)
  const headers = fetchHeadersOf(context.res.headers)
  if (reading.kind === 'bytes') {
    const answer: KeptAnswer = { status, headers, body: reading.bytes }
    replace(context, responseOf((await run.complete(answer)).answer))
    return
  }
  const held = holdEnd(reading.stream, {
    complete: () => run.complete({ status, headers, body: undefined }),
    abandon: () => run.abandon(),
  })
  replace(context, new Response(held, context.res))
}

function replace(context: Context, response: Response): void {
  // Assigned over another response, Hono would add the headers of both.
  context.res = undefined
  context.res = response
}

async function readBody(context: Context, bytesMax: number): Promise<BodyReading> {
  if (Number(context.req.raw.headers.get('content-length') ?? 0) > bytesMax) return { kind: 'too-large' }
  try {
    // Hono keeps it, so that the handler can read it in any form.
    const bytes = new Uint8Array(await context.req.arrayBuffer())
    return bytes.length > bytesMax ? { kind: 'too-large' } : { kind: 'bytes', bytes }
  } catch (error) {
    if (context.req.raw.signal.aborted) return { kind: 'gone' }
    throw error
  }
}

function keyedContext(context: Context): KeyedRequest {
  const { method, url, headers } = context.req.raw
  const { pathname, search } = new URL(url)
  const route = matchedRoutes(context).at(-1)?.path
  return {
    method,
    path: pathname,
    query: search.slice(1),
    route: route === undefined || route.endsWith('*') ? pathname : route,
    header: (name) => headers.get(name) ?? undefined,
    native: context,
  }
}
