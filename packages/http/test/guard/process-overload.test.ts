import { createTelemetry } from '@watertight/telemetry'
import { expect, it } from 'vitest'
import { createHealth, createServerGuard, type GuardedHandler } from '../../src/index.js'
import { guardedServer } from './guarded-server.js'

/** The machine may be busy with other tests. */
const PATIENCE = { timeout: 10_000, interval: 60 }

/** Computes where others wait, as no handler should. */
const blocking: GuardedHandler = ({ url }, response) => {
  const until = performance.now() + (url === '/compute' ? 40 : 0)
  while (performance.now() < until);
  response.end('done')
}

it('sheds while handlers keep the event loop from turning, answers probes, and recovers', async () => {
  const telemetry = createTelemetry({ service: 'order' })
  const health = createHealth({ admin: { '/metrics': (accept) => telemetry.expose(accept) } })
  await using server = await guardedServer(blocking, {
    health,
    telemetry,
    overload: { eventLoopDelayMs: 50, sampleMs: 100 },
    exempt: ({ url }) => url === '/stream',
  })
  const get = (path: string, priority = 0): Promise<Response> =>
    fetch(`${server.url}${path}`, { headers: { 'x-watertight-priority': String(priority) } })
  const shed: Response[] = []
  const deadline = performance.now() + PATIENCE.timeout
  while (shed.length === 0 && performance.now() < deadline) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => get('/compute')))
    shed.push(...answers.filter(({ status }) => status === 503))
    const others = await Promise.all([get('/readyz'), get('/stream'), get('/', 100)])
    expect(others.map(({ status }) => status)).toEqual([200, 200, 200])
  }
  const refusal = shed[0]!
  expect(Object.fromEntries(refusal.headers)).toMatchObject({
    'retry-after': '1',
    'x-envoy-overloaded': 'true',
  })
  expect(await refusal.json()).toMatchObject({ code: 'WT_OVERLOADED' })
  const shedSoFar = server.guard.overload?.shed ?? 0
  expect(shedSoFar).toBeGreaterThanOrEqual(shed.length)
  expect(telemetry.registry.total('watertight_server_overload_shed_total')).toBe(shedSoFar)
  expect(
    telemetry.registry.total('watertight_server_overload_pressure_ratio', { resource: 'heap' }),
  ).toBeGreaterThan(0)
  const admitted = async (): Promise<number> => {
    await get('/')
    return telemetry.registry.total('watertight_server_overload_admitted_ratio')
  }
  await expect.poll(admitted, PATIENCE).toBe(1)
})

it('measures nothing that nobody has asked for', () => {
  expect(createServerGuard().overload).toBeUndefined()
  const guard = createServerGuard({ overload: { eventLoopDelayMs: Infinity, heapUsed: Infinity } })
  expect(guard.overload).toMatchObject({ admitted: 1, shed: 0 })
})

it('refuses limits that are none', () => {
  expect(() => createServerGuard({ overload: { heapUsed: 90 } })).toThrow(
    'cannot create server guard: overload.heapUsed must be a number above 0 and at most 1, or Infinity, got 90',
  )
  const misspelt = { overload: { maxEventLoopDelay: 100 } } as object
  expect(() => createServerGuard(misspelt)).toThrow('unknown option')
})
