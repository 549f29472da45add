import { expect, it } from 'vitest'
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import {
  closedAfterEach,
  deadPort,
  eventually,
  gateway,
  gatewayTo,
  type Running,
  type RunningProxy,
  serveHttp,
} from './running-proxy.js'

const started = closedAfterEach()

it('runs no more further tries at one time than the document allows', async () => {
  const held: ServerResponse[] = []
  const upstream = await started(
    serveHttp((request, response) => {
      if (request.headers['x-envoy-attempt-count'] === '1') response.writeHead(503).end()
      else held.push(response)
    }),
  )
  const proxy = await started(
    gatewayTo(
      upstream.port,
      '{retry: { attempts: 2, on: [503], backoff: { initial: 1ms, max: 1ms }, budget: { concurrency: 1 } }}',
    ),
  )
  const call = async (): Promise<number> => (await fetch(`http://127.0.0.1:${proxy.port}/`)).status
  const first = call()
  await eventually(() => held.length === 1)
  expect(await call()).toBe(503)
  held[0]!.end()
  expect(await first).toBe(200)
  const third = call()
  await eventually(() => held.length === 2)
  held[1]!.end()
  expect(await third).toBe(200)
  expect(proxy.lines.map(({ attempts }) => Number(attempts)).toSorted((a, b) => a - b)).toEqual([1, 2, 2])
})

/** A gateway whose one route leads to a service at these ports. */
function toEndpoints(ports: readonly number[], policy: string): Promise<RunningProxy> {
  const endpoints = ports.map((port) => `'http://127.0.0.1:${port}'`).join(', ')
  return started(
    gateway(`watertight: v1
system: test
services: { up: { endpoints: [${endpoints}] } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: / }, to: up, ${policy} }] }`),
  )
}

async function statuses(port: number, count: number): Promise<number[]> {
  const found: number[] = []
  for (let call = 0; call < count; call++) found.push((await fetch(`http://127.0.0.1:${port}/`)).status)
  return found
}

const EJECTED =
  'retry: { attempts: 1 }, balance: round-robin, ejection: { consecutiveFailures: 1, maxEjected: 100%'

it.each([
  ['leaves ejected endpoints alone', `${EJECTED} }`, [200, 200, 200, 200]],
  ['uses all again when too few are left', `${EJECTED}, panic: 60% }`, [200, 503, 200, 503]],
])('%s', async (_name, policy, expected) => {
  const upstream = await started(serveHttp((_request, response) => response.end()))
  const proxy = await toEndpoints([upstream.port, await deadPort()], policy)
  await statuses(proxy.port, 2)
  expect((await statuses(proxy.port, 4)).toSorted((a, b) => a - b)).toEqual(
    expected.toSorted((a, b) => a - b),
  )
})

it('sends the requests of one key to one endpoint, and those of many to all', async () => {
  const upstreams = await Promise.all(
    ['a', 'b', 'c'].map((name) => started(serveHttp((_request, response) => response.end(name)))),
  )
  const ports = upstreams.map(({ port }) => port)
  const proxy = await toEndpoints(ports, 'balance: ring-hash, hashOn: { header: x-user }')
  const asks = async (user: string): Promise<string> =>
    (await fetch(`http://127.0.0.1:${proxy.port}/`, { headers: { 'x-user': user } })).text()
  const all = new Set<string>()
  for (let user = 0; user < 40; user++) {
    const name = await asks(`user-${user}`)
    all.add(name)
    expect(await asks(`user-${user}`)).toBe(name)
  }
  expect(all.size).toBe(3)
})

it('counts connections to all endpoints together', async () => {
  const sockets = new Set<Socket>()
  const serve = (): Promise<Running> =>
    started(
      serveHttp((request, response) => {
        sockets.add(request.socket)
        setTimeout(() => response.end(), 20)
      }),
    )
  const ports = [(await serve()).port, (await serve()).port]
  const proxy = await toEndpoints(ports, 'balance: round-robin, bulkhead: { connections: 2, pending: 10 }')
  const calls = Array.from({ length: 8 }, () => fetch(`http://127.0.0.1:${proxy.port}/`))
  expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 200))
  expect(sockets.size).toBe(2)
})
