import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { inTurn, Load, type LoadOptions } from '../src/index.js'

/** A server that answers so, and a load on it. */
async function loadOn(answer: RequestListener, options: Partial<LoadOptions> = {}): Promise<Load> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const load = new Load({
    url: `http://shop.example:${port}`,
    ratePerSecond: 100,
    plan: inTurn([{ method: 'GET', path: '/' }]),
    risesForMs: 0,
    ...options,
  })
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await load.stop(0)
  })
  return load
}

const until = async (condition: () => boolean): Promise<void> =>
  await vi.waitFor(() => expect(condition()).toBe(true), { timeout: 20_000, interval: 10 })

test('it sends requests in turn, as they are written, and tells them by what became of them', async () => {
  const seen = new Set<string>()
  const plan = inTurn([
    { method: 'GET', path: '/a?token=secret' },
    { method: 'POST', path: '/b', body: '{"n":1}', headers: { 'content-type': 'application/json' } },
  ])
  expect(plan.shown).toEqual(['GET /a?...', 'POST /b'])
  const load = await loadOn(
    (request, response) => {
      let body = ''
      request
        .on('data', (part: Buffer) => (body += part.toString()))
        .on('end', () => {
          const { method, url, headers } = request
          seen.add([method, url, headers.host?.split(':')[0], headers['content-type'], body].join(' '))
          if (method === 'POST') response.destroy()
          else response.end('x'.repeat(100_000))
        })
    },
    { plan },
  )
  await until(() => load.total().requests >= 20)
  await load.stop(20_000)
  const { outcomes, requests } = load.total()
  expect([...seen].sort()).toEqual([
    'GET /a?token=secret shop.example  ',
    'POST /b shop.example application/json {"n":1}',
  ])
  expect(Object.keys(outcomes)).toEqual(['200', 'reset'])
  expect(Math.abs((outcomes['200'] ?? 0) - (outcomes['reset'] ?? 0))).toBeLessThanOrEqual(1)
  expect(requests).toBe((outcomes['200'] ?? 0) + (outcomes['reset'] ?? 0))
})

test('a system that stalls is still asked at the rate, and what waits counts from when it was due', async () => {
  const held: ServerResponse[] = []
  let isStalled = true
  const load = await loadOn((_request, response) => {
    if (!isStalled) return void response.end()
    held.push(response)
    // A loop that waited for answers would never come to this.
    if (held.length < 50) return
    isStalled = false
    for (const one of held) one.end()
  })
  await until(() => load.total().requests >= 50)
  // The first of fifty, at 100 a second, has waited for the last.
  expect(load.total().p99Ms).toBeGreaterThan(450)
})

test('so many may be under way and no more, and the rest is told', async () => {
  let seen = 0
  const load = await loadOn(() => (seen += 1), { inFlightMax: 5 })
  await until(() => (load.total().outcomes['not-sent'] ?? 0) >= 20)
  expect(seen).toBeLessThanOrEqual(5)
})

test('nobody there, and nobody who answers in time, are told apart', async () => {
  const plan = inTurn([{ method: 'GET', path: '/' }])
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const alone = new Load({ url: `http://127.0.0.1:${port}`, ratePerSecond: 100, plan, risesForMs: 0 })
  await until(() => alone.total().requests >= 3)
  await alone.stop(1_000)
  expect(Object.keys(alone.total().outcomes)).toEqual(['refused'])
  const ignored = await loadOn(() => {}, { limitMs: 20 })
  await until(() => ignored.total().requests >= 3)
  expect(Object.keys(ignored.total().outcomes)).toEqual(['timeout'])
})

test('a plan that throws costs its requests, and not the load', async () => {
  const plan = {
    requestOf: (number: number) => {
      if (number % 2 === 1) throw new Error('no stock left')
      return { method: 'GET', path: '/' }
    },
    shown: [],
  }
  const load = await loadOn((_request, response) => void response.end(), { plan })
  await until(() => (load.total().outcomes['200'] ?? 0) >= 5)
  await load.stop(1_000)
  expect(Object.keys(load.total().outcomes)).toEqual(['200', 'not-made'])
})
