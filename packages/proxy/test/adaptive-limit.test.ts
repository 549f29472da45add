import type { ServerResponse } from 'node:http'
import { expect, it } from 'vitest'
import {
  closedAfterEach,
  destinationsOf,
  eventually,
  gatewayTo,
  type Running,
  type RunningProxy,
  serveHttp,
} from './running-proxy.js'

const started = closedAfterEach()

/** Holds every request until it is told to answer, or answers at once. */
interface Service extends Running {
  held: ServerResponse[]
  slow: boolean
}

async function holding(): Promise<Service> {
  const held: ServerResponse[] = []
  const service = { held, slow: true, port: 0, close: () => undefined }
  const running = await started(
    serveHttp((_request, response) => {
      if (service.slow) held.push(response)
      else response.end()
    }),
  )
  service.port = running.port
  return service
}

const burst = ({ port }: RunningProxy, calls: number): Promise<Response>[] =>
  Array.from({ length: calls }, () => fetch(`http://127.0.0.1:${port}/`))

const limitOf = ({ proxy }: RunningProxy): number =>
  destinationsOf(proxy)[0]!['stateful'].adaptiveLimit!.limit

/** Of a machine that does much else. */
const PATIENCE_MS = 30_000

const limit = 'adaptiveLimit: { algorithm: aimd, initial: 8, min: 2, max: 8, queue: 0 }, retry: off'

it(
  'shrinks while the service is slow, refuses what is too much while others still wait, and grows back after',
  async () => {
    const service = await holding()
    const proxy = await started(gatewayTo(service.port, `{${limit}, timeout: { attempt: 150ms }}`))
    expect(limitOf(proxy)).toBe(8)
    // Nobody is answered in time: each round of calls takes a tenth of the limit away.
    await eventually(async () => {
      await Promise.all(burst(proxy, 8))
      return limitOf(proxy) <= 4
    }, PATIENCE_MS)
    expect(proxy.proxy.telemetry.expose().body).toMatch(/watertight_adaptive_limit{[^\n]*} [234]\n/)

    // From here on no time limit interferes: as many as the limit says are passed on, and stay there.
    const [destination] = destinationsOf(proxy.proxy)
    const { settings } = destination!.state
    destination!.reconfigure({
      origins: destination!.endpoints.all.map(({ origin }) => origin),
      settings: { ...settings, timeout: { attemptMs: Infinity, totalMs: Infinity } },
      connections: { connectionsMax: 9, connectionsInAll: 9, pendingMax: 9, idleMs: 60_000 },
    })
    const shrunk = limitOf(proxy)
    expect(shrunk).toBeLessThanOrEqual(4)
    service.held.length = 0
    const answered: Response[] = []
    const calls = burst(proxy, 8).map(async (call) => answered.push(await call))
    await eventually(() => service.held.length === shrunk && answered.length === 8 - shrunk, PATIENCE_MS)
    for (const { status, headers } of answered) {
      expect([status, headers.get('x-envoy-overloaded')]).toEqual([503, 'true'])
    }
    const refused = proxy.lines.filter(({ flags }) => flags === 'UO')
    expect(refused.length).toBeGreaterThanOrEqual(8 - shrunk)

    service.slow = false
    for (const response of service.held) response.end()
    await Promise.all(calls)
    await eventually(async () => {
      await Promise.all(burst(proxy, limitOf(proxy)))
      return limitOf(proxy) === 8
    }, PATIENCE_MS)
    expect((await Promise.all(burst(proxy, 8))).map(({ status }) => status)).toEqual(
      Array.from({ length: 8 }, () => 200),
    )
  },
  4 * PATIENCE_MS,
)
