import { createTelemetry } from '@watertight/telemetry'
import { expect, it } from 'vitest'
import { createFetch } from '../../src/index.js'
import { flakyUpstream } from '../../src/testing/index.js'
import { guardedServer } from '../guard/guarded-server.js'

it('counts what every policy in observe mode would have refused', async () => {
  await using upstream = await flakyUpstream({ script: [{ status: 500 }] })
  const telemetry = createTelemetry({ service: 'order' })
  const send = createFetch({
    name: 'payment',
    endpoints: upstream.url,
    telemetry,
    mode: 'observe',
    breaker: { consecutiveFailures: 3 },
    rateLimit: { limit: 1, perMs: 3_600_000, burst: 5 },
  })
  for (let call = 0; call < 7; call += 1) expect((await send('/charges')).status).toBe(500)
  const refused = (policy: string): number =>
    telemetry.registry.total('watertight_would_refuse_total', { destination: 'payment', policy })
  expect([refused('circuit-breaker'), refused('rate-limit')]).toEqual([4, 2])
  expect(telemetry.registry.total('watertight_refusals_total')).toBe(0)
  await send.destroy()
})

it('shows how the guard of a server stands', async () => {
  const telemetry = createTelemetry({ service: 'payment' })
  const waiting: (() => void)[] = []
  await using server = await guardedServer(
    (_message, response) =>
      new Promise<void>((resolve) => waiting.push(resolve)).then(() => void response.end()),
    { telemetry, shedding: { initialLimit: 1, maxLimit: 1, queue: 1, intervalMs: 10_000 } },
  )
  const shown = (): number[] =>
    ['in_flight', 'queued', 'limit'].map((what) =>
      telemetry.registry.total(`watertight_server_requests_${what}`, { service: 'payment' }),
    )
  expect(shown()).toEqual([0, 0, 1])
  const first = fetch(server.url)
  await expect.poll(() => waiting.length).toBe(1)
  const second = fetch(server.url)
  await expect.poll(shown).toEqual([2, 1, 1])
  waiting[0]?.()
  await expect.poll(() => waiting.length).toBe(2)
  waiting[1]?.()
  expect((await Promise.all([first, second])).map(({ status }) => status)).toEqual([200, 200])
  await expect.poll(shown).toEqual([0, 0, 1])
})
