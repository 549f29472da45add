import { Agent, request as plainRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { once } from 'node:events'
import { virtualClock } from '@watertight/policy/testing'
import { describe, expect, it } from 'vitest'
import type { ServerRecorder } from '@watertight/telemetry'
import { createDrain, createHealth, createServerGuard, type ServerGuardOptions } from '../../src/index.js'
import { frameworks } from './frameworks.js'
import { Work } from './service.js'

interface Sent {
  readonly status: number | undefined
  readonly connection: string | undefined
  readonly length: number | undefined
  readonly body: string
}

/** Sends so many parts of 64 KiB without waiting for anything, and reads the answer. */
function send(url: string, agent: Agent, headers: Record<string, string>, parts: number): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const request = plainRequest(url, { method: 'POST', agent, headers }, (response: IncomingMessage) => {
      const length = response.headers['content-length']
      const { statusCode: status } = response
      const { connection } = response.headers
      text(response).then(
        (body) =>
          resolve({ status, connection, length: length === undefined ? undefined : Number(length), body }),
        reject,
      )
    })
    request.on('error', reject)
    for (let part = 0; part < parts; part += 1) request.write('x'.repeat(65_536))
    request.end()
  })
}

for (const { name, start, matches } of await frameworks())
  describe(`the guard before ${name}`, () => {
    /** A running service, its guard and what its routes do. */
    async function setUp(options: ServerGuardOptions = {}) {
      const guard = createServerGuard({ onError: () => undefined, ...options })
      const work = new Work()
      const service = await start(guard, work)
      return { guard, work, service, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() }
    }

    it('answers what it lets through', async () => {
      await using up = await setUp()
      const response = await fetch(`${up.service.url}/hello`)
      expect([response.status, await response.text()]).toEqual([200, 'hello'])
      await expect.poll(() => up.guard.inFlight).toBe(0)
    })

    it('hands the scope on to the handler, before and after the body is read', async () => {
      await using up = await setUp()
      const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
      const headers = {
        'x-envoy-expected-rq-timeout-ms': '60000',
        'x-request-id': 'r-1',
        'x-watertight-priority': '7',
        traceparent,
        baggage: 'tenant=t-1',
      }
      const expected = { requestId: 'r-1', priority: 7, traceparent, baggage: 'tenant=t-1' }
      const scope = (await (await fetch(`${up.service.url}/scope`, { headers })).json()) as {
        remainingMs: number
      }
      expect(scope).toMatchObject(expected)
      expect(scope.remainingMs).toBeGreaterThan(50_000)
      const body = 'x'.repeat(200_000)
      const echo = await fetch(`${up.service.url}/echo`, { method: 'POST', headers, body })
      expect(await echo.json()).toMatchObject({ length: 200_000, ...expected })
    })

    it('keeps requests apart that are answered at the same time', async () => {
      await using up = await setUp()
      const ids = Array.from({ length: 20 }, (_, index) => `r-${index}`)
      const answers = ids.map(async (id) => {
        const init = { method: 'POST', body: id, headers: { 'x-request-id': id } }
        return (await (await fetch(`${up.service.url}/echo`, init)).json()) as { requestId: string }
      })
      expect((await Promise.all(answers)).map(({ requestId }) => requestId)).toEqual(ids)
    })

    it('refuses work whose caller has stopped waiting', async () => {
      await using up = await setUp()
      const headers = { 'x-envoy-expected-rq-timeout-ms': '0', 'x-request-id': 'r-2' }
      const response = await fetch(`${up.service.url}/hello`, { headers })
      expect(response.status).toBe(504)
      expect(response.headers.get('content-type')).toMatch('application/problem+json')
      expect(response.headers.get('x-should-retry')).toBe('false')
      expect(response.headers.get('retry-after')).toBe('1')
      expect(await response.json()).toEqual({
        type: 'urn:watertight:problem:deadline-exceeded',
        title: 'deadline exceeded',
        status: 504,
        code: 'WT_DEADLINE_EXCEEDED',
        detail: 'the caller has stopped waiting',
        requestId: 'r-2',
      })
    })

    it('sheds what is too much, lets the next wait, and tells callers not to retry', async () => {
      await using up = await setUp({
        shedding: { initialLimit: 1, maxLimit: 1, queue: 1, intervalMs: 60_000 },
      })
      const running = fetch(`${up.service.url}/slow`)
      await expect.poll(() => up.work.waiting.length).toBe(1)
      const queued = fetch(`${up.service.url}/hello`)
      await expect.poll(() => up.guard.queued).toBe(1)
      const shed = await fetch(`${up.service.url}/hello`)
      expect(shed.status).toBe(503)
      expect(shed.headers.get('x-envoy-overloaded')).toBe('true')
      expect(shed.headers.get('retry-after')).toBe('1')
      expect(await shed.json()).toMatchObject({ code: 'WT_OVERLOADED', status: 503 })
      up.work.letGo()
      expect(await Promise.all([running, queued].map(async (one) => (await one).status))).toEqual([200, 200])
      await expect.poll(() => up.guard.inFlight).toBe(0)
    })

    it('keeps the slot of work that goes on after its caller has left', async () => {
      await using up = await setUp({
        shedding: { initialLimit: 1, maxLimit: 1, queue: 1, intervalMs: 10_000 },
      })
      const leaving = new AbortController()
      const left = fetch(`${up.service.url}/slow`, { signal: leaving.signal }).catch(() => 'left')
      await expect.poll(() => up.work.waiting.length).toBe(1)
      leaving.abort()
      await left
      await expect.poll(() => up.guard.inFlight).toBe(0)
      const next = fetch(`${up.service.url}/hello`)
      await expect.poll(() => up.guard.queued).toBe(1)
      expect(up.guard.abandoned).toBe(1)
      up.work.letGo()
      expect(await (await next).text()).toBe('hello')
      expect(up.guard.abandoned).toBe(0)
    })

    it('aborts the signal at the deadline, and when the caller leaves', async () => {
      using clock = virtualClock()
      clock.install()
      await using up = await setUp()
      const headers = { 'x-envoy-expected-rq-timeout-ms': '50' }
      const late = fetch(`${up.service.url}/slow`, { headers })
      await expect.poll(() => up.work.waiting.length).toBe(1)
      await clock.advance(50)
      await expect.poll(() => up.work.aborts).toMatchObject([{ code: 'WT_DEADLINE_EXCEEDED', timeoutMs: 50 }])
      up.work.letGo()
      expect((await late).status).toBe(200)
      const leaving = new AbortController()
      const left = fetch(`${up.service.url}/slow`, { signal: leaving.signal }).catch(() => 'left')
      await expect.poll(() => up.work.waiting.length).toBe(1)
      leaving.abort()
      await left
      await expect.poll(() => up.work.aborts[1]).toMatchObject({ code: 'WT_CALLER_GONE' })
      up.work.letGo()
    })

    it('answers 500 when the handler throws', async () => {
      await using up = await setUp()
      expect((await fetch(`${up.service.url}/throws`)).status).toBe(500)
      await expect.poll(() => up.guard.inFlight).toBe(0)
    })

    it('refuses a body that says it is too long', async () => {
      await using up = await setUp({ bodyBytesMax: 1_000 })
      const long = await fetch(`${up.service.url}/echo`, { method: 'POST', body: 'x'.repeat(1_001) })
      expect([long.status, await long.json()]).toMatchObject([413, { code: 'WT_BODY_TOO_LARGE' }])
      const short = await fetch(`${up.service.url}/echo`, { method: 'POST', body: 'x'.repeat(1_000) })
      expect([short.status, await short.json()]).toMatchObject([200, { length: 1_000 }])
    })

    it('cuts off a body that turns out too long', async () => {
      await using up = await setUp({ bodyBytesMax: 100_000 })
      const request = plainRequest(`${up.service.url}/echo`, { method: 'POST', agent: false })
      request.on('error', () => undefined)
      for (let part = 0; part < 4; part += 1) request.write('x'.repeat(50_000))
      const [response] = (await once(request, 'response')) as [{ statusCode: number }]
      expect(response.statusCode).toBe(413)
      request.destroy()
      await expect.poll(() => up.guard.inFlight).toBe(0)
    })

    it('lets whoever sends far too much read the whole refusal, and the next request succeed', async () => {
      await using up = await setUp({ bodyBytesMax: 100_000 })
      const agent = new Agent({ keepAlive: true, maxSockets: 1 })
      try {
        for (const headers of [{}, { 'content-length': String(50 * 65_536) }]) {
          for (let upload = 0; upload < 4; upload += 1) {
            const refused = await send(`${up.service.url}/echo`, agent, headers, 50)
            expect([refused.status, refused.connection]).toEqual([413, 'close'])
            expect(refused.body.length).toBe(refused.length ?? refused.body.length)
            expect(await send(`${up.service.url}/echo`, agent, {}, 1)).toMatchObject({ status: 200 })
          }
        }
      } finally {
        agent.destroy()
      }
      await expect.poll(() => up.guard.inFlight).toBe(0)
    })

    it('answers probes whatever the load, and fails readiness first when it drains', async () => {
      const health = createHealth({
        checks: { database: () => undefined },
        admin: { '/metrics': () => ({ contentType: 'text/plain; version=0.0.4', body: 'up 1\n' }) },
      })
      await using up = await setUp({ health, shedding: { initialLimit: 1, maxLimit: 1, queue: 0 } })
      const slow = fetch(`${up.service.url}/slow`)
      await expect.poll(() => up.work.waiting.length).toBe(1)
      const ready = await fetch(`${up.service.url}/readyz?verbose`)
      expect([ready.status, await ready.json()]).toMatchObject([
        200,
        { status: 'ok', checks: { database: { status: 'ok' } } },
      ])
      const metrics = await fetch(`${up.service.url}/metrics`)
      expect([metrics.headers.get('content-type'), await metrics.text()]).toEqual([
        'text/plain; version=0.0.4',
        'up 1\n',
      ])
      const phases: string[] = []
      const clock = virtualClock()
      const drain = createDrain({
        server: up.service.server,
        guard: up.guard,
        clock,
        onPhase: (phase) => phases.push(phase),
      })
      const drained = drain.run()
      const unready = await fetch(`${up.service.url}/readyz`)
      expect([unready.status, await unready.json()]).toMatchObject([503, { status: 'draining' }])
      expect(unready.headers.get('connection')).toBe('close')
      expect((await fetch(`${up.service.url}/healthz`)).status).toBe(200)
      await clock.advance(5_000)
      expect(phases).toEqual(['unready', 'closing'])
      up.work.letGo()
      const last = await slow
      expect([last.status, last.headers.get('connection'), await last.text()]).toEqual([200, 'close', 'slow'])
      await expect.poll(() => clock.advance(50).then(() => phases.at(-1))).toBe('done')
      expect(await drained).toEqual({ cut: 0, closed: [], isClean: true })
      await expect(fetch(`${up.service.url}/hello`)).rejects.toThrow('fetch failed')
    })

    it('has streams of events end when it drains, in their own way and without being cut', async () => {
      await using up = await setUp()
      const { body } = await fetch(`${up.service.url}/events`)
      const events = body!.pipeThrough(new TextDecoderStream()).getReader()
      expect((await events.read()).value).toBe('data: hello\n\n')
      const clock = virtualClock()
      const drained = createDrain({ server: up.service.server, guard: up.guard, clock }).run()
      await clock.advance(4_999)
      expect(up.work.aborts).toEqual([])
      await clock.advance(1)
      expect((await events.read()).value).toBe('data: farewell\n\n')
      expect((await events.read()).done).toBe(true)
      expect(up.work.aborts).toMatchObject([{ code: 'WT_DRAINING' }])
      await expect.poll(() => up.guard.inFlight).toBe(0)
      await clock.advance(1_100)
      expect(await drained).toMatchObject({ cut: 0, isClean: true })
    })

    it('records each request once, under its template', async () => {
      const finished: unknown[][] = []
      const recorder: ServerRecorder = {
        started: () => undefined,
        finished: (route, outcome, status) => finished.push([route, outcome, status]),
        startSpan: () => undefined,
      }
      const telemetry = {
        server: () => recorder,
        destination: () => {
          throw new Error('not a client')
        },
      }
      const route = matches === 'never' ? { route: () => '/items/:id' } : {}
      await using up = await setUp({ telemetry, ...route })
      await (await fetch(`${up.service.url}/items/7`)).text()
      const headers = { 'x-envoy-expected-rq-timeout-ms': '0' }
      await (await fetch(`${up.service.url}/items/7`, { headers })).text()
      await expect.poll(() => finished.length).toBe(2)
      const early = matches === 'late' ? 'GET *' : 'GET /items/:id'
      expect(finished).toEqual([
        ['GET /items/:id', 'success', 200],
        [early, 'refused', 504],
      ])
    })
  })
