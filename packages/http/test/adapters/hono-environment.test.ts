import { createTelemetry } from '@watertight/telemetry'
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { createHealth, createServerGuard, type ServerGuardOptions } from '../../src/index.js'
import { currentRequest } from '../../src/scope/index.js'
import { honoGuard } from '../../src/server/adapters/hono.js'

/** An application that no server runs, as unit tests and other platforms call it. */
function setUp(options: ServerGuardOptions = {}) {
  const guard = createServerGuard(options)
  const app = new Hono()
  const aborts: unknown[] = []
  const waiting: (() => void)[] = []
  app.use(honoGuard(guard))
  app.get('/items/:id', (context) => context.json({ requestId: currentRequest()?.requestId }))
  app.post('/echo', async (context) => context.text(await context.req.text()))
  app.onError((_error, context) => context.text('failed', 500))
  app.get('/throws', () => {
    throw new Error('thrown by the handler')
  })
  app.get('/slow', async (context) => {
    currentRequest()?.signal.addEventListener('abort', (event) =>
      aborts.push((event.target as AbortSignal).reason),
    )
    await new Promise<void>((resolve) => waiting.push(resolve))
    return context.text('slow')
  })
  return { app, guard, aborts, waiting }
}

it('answers, with its scope, what a test hands to the application', async () => {
  const telemetry = createTelemetry({ service: 'shop' })
  const { app, guard } = setUp({ telemetry })
  const response = await app.request('/items/7', { headers: { 'x-request-id': 'r-1' } })
  expect([response.status, await response.json()]).toEqual([200, { requestId: 'r-1' }])
  expect(await (await app.request('/echo', { method: 'POST', body: 'hello' })).text()).toBe('hello')
  expect((await app.request('/throws')).status).toBe(500)
  expect((await app.request('/nowhere')).status).toBe(404)
  await expect.poll(() => guard.inFlight).toBe(0)
  const total = (labels: Record<string, string>): number =>
    telemetry.registry.total('watertight_server_requests_total', labels)
  expect(total({ route: 'GET /items/:id', outcome: 'success' })).toBe(1)
  expect(total({ status: '500', outcome: 'failure' })).toBe(1)
})

it('answers probes and refuses as over sockets', async () => {
  const { app, guard } = setUp({ health: createHealth(), bodyBytesMax: 4 })
  expect(await (await app.request('/readyz')).json()).toEqual({ status: 'ok', checks: {} })
  const late = await app.request('/items/7', { headers: { 'x-envoy-expected-rq-timeout-ms': '0' } })
  expect([late.status, await late.json()]).toMatchObject([504, { code: 'WT_DEADLINE_EXCEEDED' }])
  const headers = { 'content-length': '5' }
  const long = await app.request('/echo', { method: 'POST', body: 'hello', headers })
  expect([long.status, await long.json()]).toMatchObject([413, { code: 'WT_BODY_TOO_LARGE' }])
  await expect.poll(() => guard.inFlight).toBe(0)
})

it('sheds, and aborts the signal of a request whose caller has left', async () => {
  const { app, guard, aborts, waiting } = setUp({ shedding: { initialLimit: 1, maxLimit: 1, queue: 0 } })
  const leaving = new AbortController()
  const slow = app.request('/slow', { signal: leaving.signal })
  expect((await app.request('/items/7')).status).toBe(503)
  leaving.abort()
  await expect.poll(() => aborts).toMatchObject([{ code: 'WT_CALLER_GONE' }])
  await expect.poll(() => [guard.inFlight, guard.abandoned]).toEqual([0, 1])
  waiting[0]?.()
  await slow
  await expect.poll(() => guard.abandoned).toBe(0)
  expect((await app.request('/items/7')).status).toBe(200)
})

it('is struck by faults on purpose as over sockets', async () => {
  const { app, guard } = setUp({
    faults: [
      { requests: 'GET /items/:id', end: 503 },
      { requests: 'GET /slow', end: 'reset' },
    ],
  })
  expect((await app.request('/items/7')).status).toBe(503)
  await app.request('/slow')
  await expect.poll(() => guard.inFlight).toBe(0)
})
