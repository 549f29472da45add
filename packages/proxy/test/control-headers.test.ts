import { expect, it } from 'vitest'
import {
  closedAfterEach,
  gateway,
  gatewayModel,
  type Running,
  type RunningProxy,
  serveHttp,
} from './running-proxy.js'

const started = closedAfterEach()

/** A service that is always down, and says what came. */
async function failing(): Promise<{ service: Running; heads: NodeJS.Dict<string | string[]>[] }> {
  const heads: NodeJS.Dict<string | string[]>[] = []
  const service = await started(
    serveHttp((request, response) => {
      heads.push(request.headers)
      response.writeHead(503).end()
    }),
  )
  return { service, heads }
}

const document = (port: number, policy: string): string => `watertight: v1
system: test
services: { up: { port: ${port} } }
gateway:
  listen: { port: 1 }
  trust: [127.0.0.0/8]
  routes: [{ match: { path: / }, to: up${policy} }]`

function trusting(port: number, policy: string): Promise<RunningProxy> {
  return started(gateway(document(port, policy)))
}

const get = async (proxy: Running, headers: Record<string, string>): Promise<number> =>
  (await fetch(`http://127.0.0.1:${proxy.port}/`, { headers })).status

it('bounds by a budget of their own the retries that callers ask for where the document has none', async () => {
  const { service, heads } = await failing()
  const proxy = await trusting(service.port, ', retry: off')
  const wish = { 'x-envoy-max-retries': '3', 'x-envoy-retry-on': '5xx' }
  await Promise.all(Array.from({ length: 40 }, () => get(proxy, wish)))
  // A fifth of the calls and three in a second are added, where the callers ask for 120.
  expect(heads.length).toBeGreaterThan(40)
  expect(heads.length).toBeLessThan(100)
})

it('counts them in the metrics of the destination as its own', async () => {
  const { service } = await failing()
  const proxy = await trusting(service.port, ', retry: off')
  await get(proxy, { 'x-envoy-max-retries': '1', 'x-envoy-retry-on': 'gateway-error' })
  expect(proxy.proxy.telemetry.expose().body).toMatch(/retries_total{[^\n]*retried[^\n]* 1\n/)
})

it('says to the service how long an attempt of the caller is waited for', async () => {
  const { service, heads } = await failing()
  const proxy = await trusting(service.port, ', retry: off, timeout: { attempt: 2s, total: 9s }')
  const ask = (total: number, attempt: number): Promise<number> =>
    get(proxy, {
      'x-envoy-upstream-rq-timeout-ms': `${total}`,
      'x-envoy-upstream-rq-per-try-timeout-ms': `${attempt}`,
    })
  await ask(8_000, 3_000)
  await ask(1_500, 2_500)
  const told = heads.map((head) => Number(head['x-envoy-expected-rq-timeout-ms']))
  expect(told[0]).toBe(3_000)
  // A limit of attempts that is not below that of the call is none.
  expect(told[1]).toBeGreaterThan(0)
  expect(told[1]).toBeLessThanOrEqual(1_500)
})

it.each([
  ['no number', { 'x-envoy-max-retries': '-1', 'x-envoy-retry-on': '5xx' }, 2],
  ['words nobody knows', { 'x-envoy-max-retries': '3', 'x-envoy-retry-on': 'always, , http3' }, 1],
  ['a limit of zero, which is none', { 'x-envoy-upstream-rq-timeout-ms': '0' }, 1],
  ['nonsense for limits', { 'x-envoy-upstream-rq-per-try-timeout-ms': '1e3, 5' }, 1],
])('passes over %s', async (_name, headers, requests) => {
  const { service, heads } = await failing()
  const proxy = await trusting(service.port, ', retry: off')
  expect(await get(proxy, headers as unknown as Record<string, string>)).toBe(503)
  expect(heads).toHaveLength(requests)
})

it('forgets what callers asked for when the document changes', async () => {
  const { service, heads } = await failing()
  const proxy = await trusting(service.port, ', retry: { attempts: 2, on: [409], budget: off }')
  const wish = { 'x-envoy-retry-on': '5xx' }
  await get(proxy, wish)
  expect(heads).toHaveLength(2)
  const changed = ', retry: { attempts: 4, on: [409], budget: off, backoff: { initial: 1ms } }'
  await proxy.proxy.reload(gatewayModel(document(service.port, changed)))
  await get(proxy, wish)
  expect(heads).toHaveLength(6)
})
