import { expect, it } from 'vitest'
import { NoEndpointError } from '@watertight/traffic'
import { answerFor } from '../src/exchange/local-answer.js'
import { closedAfterEach, gateway, serveHttp } from './running-proxy.js'

const started = closedAfterEach()

/** What the access log says of these many requests one after the other, through a gateway with this route. */
async function logged(route: string, requests: number = 1): Promise<readonly Record<string, unknown>[]> {
  const broken = await started(serveHttp((_request, response) => response.writeHead(503).end()))
  const sound = await started(serveHttp((_request, response) => response.end('ok')))
  const proxy = await started(
    gateway(`watertight: v1
system: test
services: { broken: { port: ${broken.port} }, sound: { port: ${sound.port} } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: /orders }, ${route} }] }`),
  )
  for (let request = 0; request < requests; request++) {
    await (await fetch(`http://127.0.0.1:${proxy.port}/orders`)).text()
  }
  return proxy.lines
}

it('tells by URX that attempts are used up, and not of a single one', async () => {
  const retry = 'on: [503], backoff: { initial: 1ms, max: 1ms }'
  expect(await logged(`to: broken, retry: { attempts: 3, ${retry} }`)).toMatchObject([
    { status: 503, flags: 'URX', attempts: 3 },
  ])
  expect(await logged(`to: broken, retry: { attempts: 1, ${retry} }`)).toMatchObject([
    { status: 503, flags: '', attempts: 1 },
  ])
})

it('tells by RL of a call beyond the rate', async () => {
  expect(await logged('to: sound, rateLimit: { limit: 1, per: 1h }', 2)).toMatchObject([
    { status: 200, flags: '' },
    { status: 429, flags: 'RL', attempts: 0 },
  ])
})

it('tells by UH that there is no endpoint', () => {
  expect(answerFor(new NoEndpointError('order'))).toMatchObject({ status: 503, flag: 'UH' })
})

it.each([
  ['FI that it aborted a call', 'abort: { share: 100%, status: 418 }', { status: 418, flags: 'FI' }],
  ['DI that it delayed one', 'delay: { share: 100%, by: 1ms }', { status: 200, flags: 'DI' }],
])('tells by %s on purpose', async (_name, fault, expected) => {
  expect(await logged(`to: sound, fault: { ${fault} }`)).toMatchObject([expected])
})

it('tells by NR that no route takes a request', async () => {
  const proxy = await started(
    gateway(`watertight: v1
system: test
services: { up: { port: 1 } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: /orders }, to: up }] }`),
  )
  expect((await fetch(`http://127.0.0.1:${proxy.port}/others`)).status).toBe(404)
  expect(proxy.lines).toMatchObject([{ status: 404, flags: 'NR', attempts: 0 }])
})
