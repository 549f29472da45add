import { virtualClock } from '@watertight/policy/testing'
import { expect, it } from 'vitest'
import { createHealth, type HealthReport } from './health.js'

async function probe(health: ReturnType<typeof createHealth>, url: string): Promise<[number, HealthReport]> {
  const answer = await health.respond({ method: 'GET', url, headers: {} })
  return [answer?.status ?? 0, JSON.parse(answer?.body ?? '{}') as HealthReport]
}

it('is live and ready as long as no check fails, and names the one that does', async () => {
  const health = createHealth({
    checks: {
      database: () => undefined,
      queue: () => Promise.reject(new Error('connection refused')),
      cache: () => {
        throw new TypeError('no cache')
      },
    },
  })
  expect(await probe(health, '/healthz')).toEqual([200, { status: 'ok', checks: {} }])
  const [status, report] = await probe(health, '/readyz')
  expect(status).toBe(503)
  expect(report).toMatchObject({
    status: 'failing',
    checks: {
      database: { status: 'ok' },
      queue: { status: 'failed', error: 'connection refused' },
      cache: { status: 'failed', error: 'no cache' },
    },
  })
})

it('takes a check that answers false for one that failed, whether at once or later', async () => {
  const checks = {
    now: () => false,
    later: () => Promise.resolve(false),
    quiet: () => 0,
    lost: () => Promise.reject(),
  }
  const [status, report] = await probe(createHealth({ checks }), '/readyz')
  expect(status).toBe(503)
  expect(report.checks).toMatchObject({
    now: { status: 'failed', error: 'the check answered false' },
    later: { status: 'failed' },
    quiet: { status: 'ok' },
    lost: { status: 'failed', error: 'the check rejected without an error' },
  })
})

it('answers where it is told to', async () => {
  const health = createHealth({ paths: { live: '/livez' } })
  expect((await probe(health, '/livez'))[0]).toBe(200)
  expect(health.respond({ method: 'GET', url: '/healthz', headers: {} })).toBeUndefined()
  expect((await probe(health, '/readyz'))[0]).toBe(200)
})

it('asks for a restart when a live check fails', async () => {
  const health = createHealth({ liveChecks: { lock: () => Promise.reject(new Error('lost')) } })
  expect((await probe(health, '/healthz'))[0]).toBe(503)
  expect((await probe(health, '/readyz'))[0]).toBe(200)
})

it('gives up on a check that hangs, tells it so, and never runs it twice at once', async () => {
  const clock = virtualClock()
  const signals: AbortSignal[] = []
  let finish: () => void = () => undefined
  const slow = (signal: AbortSignal): Promise<void> => {
    signals.push(signal)
    return new Promise((resolve) => (finish = resolve))
  }
  const health = createHealth({ checks: { slow }, timeoutMs: 200, cacheMs: 0, clock })
  const waiting = probe(health, '/readyz')
  await clock.advance(200)
  const timedOut = { status: 'timed out', durationMs: 200, error: 'no result after 200 ms' }
  expect(await waiting).toEqual([503, { status: 'failing', checks: { slow: timedOut } }])
  expect(signals[0]?.aborted).toBe(true)
  expect((await probe(health, '/readyz'))[0]).toBe(503)
  expect(signals.length).toBe(1)
  finish()
  await clock.advance(1)
  const again = probe(health, '/readyz')
  await clock.advance(1)
  finish()
  expect((await again)[0]).toBe(200)
  expect(signals.length).toBe(2)
})

it('gives a result again for a moment, so that probes do not become load', async () => {
  const clock = virtualClock()
  let runs = 0
  const health = createHealth({ checks: { counted: () => (runs += 1) }, cacheMs: 1_000, clock })
  await Promise.all(Array.from({ length: 10 }, () => probe(health, '/readyz')))
  expect(runs).toBe(1)
  await clock.advance(1_000)
  await probe(health, '/readyz')
  expect(runs).toBe(2)
})

it('is up when told so, and not ready any more when it drains', async () => {
  const health = createHealth({ waitForStart: true })
  expect(await probe(health, '/startupz')).toEqual([503, { status: 'starting', checks: {} }])
  expect((await probe(health, '/readyz'))[0]).toBe(503)
  expect((await probe(health, '/healthz'))[0]).toBe(200)
  health.started()
  expect((await probe(health, '/startupz'))[0]).toBe(200)
  expect((await probe(health, '/readyz'))[0]).toBe(200)
  health.startDraining()
  expect(await probe(health, '/readyz')).toEqual([503, { status: 'draining', checks: {} }])
  expect((await probe(health, '/startupz'))[0]).toBe(200)
})

it('serves pages of the application, and nothing else', async () => {
  const metrics = (accept: string) => ({ contentType: accept || 'text/plain', body: 'up 1\n' })
  const health = createHealth({ admin: { '/metrics': metrics } })
  const respond = (method: string, url: string, accept?: string) =>
    health.respond({ method, url, headers: accept === undefined ? {} : { accept } })
  expect(await respond('GET', '/metrics?x=1')).toMatchObject({ status: 200, body: 'up 1\n' })
  const headers = { 'content-type': 'application/openmetrics-text' }
  expect(await respond('HEAD', '/metrics', 'application/openmetrics-text')).toMatchObject({ headers })
  expect(respond('POST', '/metrics')).toBeUndefined()
  expect(respond('GET', '/metrics/x')).toBeUndefined()
})

it('refuses options that it cannot honour', () => {
  const many = Object.fromEntries(Array.from({ length: 51 }, (_, index) => [`c${index}`, () => undefined]))
  expect(() => createHealth({ checks: many })).toThrow(
    'cannot create health: checks must be an object with at most 50 checks, got an object',
  )
  expect(() => createHealth({ paths: { live: 'livez' } })).toThrow(
    "paths.live must be a path that begins with '/', got 'livez'",
  )
  expect(() => createHealth({ checks: { database: true as never } })).toThrow(
    'checks.database must be a function, got true',
  )
  expect(() => createHealth({ admin: { '/metrics': 'up 1' as never } })).toThrow(
    "admin./metrics must be a function, got 'up 1'",
  )
  expect(() => createHealth({ timeoutMs: 0 })).toThrow('timeoutMs must be a number >= 1, got 0')
})
