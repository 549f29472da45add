import type { ServerResponse } from 'node:http'
import { readManifest, type SystemModel } from '@watertight/manifest'
import { expect, it } from 'vitest'
import { Proxy } from '../src/proxy.js'
import {
  closedAfterEach,
  destinationsOf,
  eventually,
  gateway,
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

/** Those whose callers wait; one that was given up may come late all the same. */
const waiting = ({ held }: Service): readonly ServerResponse[] =>
  held.filter(({ socket }) => socket !== null && !socket.destroyed)

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
    const answered: Response[] = []
    const calls = burst(proxy, 8).map(async (call) => answered.push(await call))
    await eventually(() => waiting(service).length === shrunk && answered.length === 8 - shrunk, PATIENCE_MS)
    for (const { status, headers } of answered) {
      expect([status, headers.get('x-envoy-overloaded')]).toEqual([503, 'true'])
    }
    const refused = proxy.lines.filter(({ flags }) => flags === 'UO')
    expect(refused.length).toBeGreaterThanOrEqual(8 - shrunk)

    service.slow = false
    for (const response of waiting(service)) response.end()
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

it(
  'holds in a sidecar what the document says of a call, and a reload keeps what it has found',
  async () => {
    let status = 500
    const payment = await started(
      serveHttp((_request, response) => {
        response.statusCode = status
        response.end()
      }),
    )
    const model = (max: number): SystemModel =>
      readManifest(
        `watertight: v1
system: shop
services:
  order: { port: 1, enforce: sidecar, calls: { payment: { retry: off, adaptiveLimit: { algorithm: aimd, max: ${max}, queue: 0 } } } }
  payment: { port: ${payment.port} }`,
        'watertight.yaml',
      ).system!.model
    const posture = { kind: 'sidecar', service: 'order' } as const
    const proxy = new Proxy({ model: model(10), posture })
    await proxy.listen()
    const { port } = proxy.ports.find(({ name }) => name === 'payment')!
    const running = { proxy, port, lines: [], close: () => proxy.destroy() }
    await started(Promise.resolve(running))
    expect(limitOf(running)).toBe(10)
    for (let call = 0; call < 5; call += 1) await burst(running, 1)[0]
    // Five rounds have failed, and each has taken a tenth.
    await eventually(() => limitOf(running) === 5, PATIENCE_MS)
    await proxy.reload(model(9))
    expect(limitOf(running)).toBe(5)
    status = 200
    await eventually(async () => {
      await Promise.all(burst(running, limitOf(running)))
      return limitOf(running) === 9
    }, PATIENCE_MS)
  },
  3 * PATIENCE_MS,
)

it.each([
  ['adaptiveLimit', '{ max: 1, queue: 1, maxWait: 20s }'],
  ['bulkhead', '{ concurrency: 1, queue: 1, maxWait: 20s }'],
])(
  'lets the more important wait in place of others, if their caller is trusted: %s',
  async (name, limits) => {
    const service = await holding()
    const proxy = await started(
      gateway(`watertight: v1
system: test
services: { up: { port: ${service.port} } }
gateway:
  listen: { port: 1 }
  trust: [127.0.0.1/32]
  routes:
    - { match: { path: /in }, to: up, retry: off, ${name}: ${limits} }`),
    )
    const [destination] = destinationsOf(proxy.proxy)
    const { adaptiveLimit, bulkhead } = destination!['stateful']
    const queued = (): number => (adaptiveLimit ?? bulkhead)!.queued
    const send = async (priority: string): Promise<number> => {
      const headers = { 'x-watertight-priority': priority }
      return (await fetch(`http://127.0.0.1:${proxy.port}/in`, { headers })).status
    }
    const running = send('0')
    await eventually(() => service.held.length === 1)
    const least = send('-1')
    await eventually(() => queued() === 1)
    const more = send('5')
    expect(await least).toBe(503)
    // As important as who waits already is not more important.
    expect(await send('5')).toBe(503)
    service.held[0]!.end()
    await eventually(() => service.held.length === 2)
    service.held[1]!.end()
    expect([await running, await more]).toEqual([200, 200])
  },
)
