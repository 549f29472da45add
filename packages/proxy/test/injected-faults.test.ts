import { expect, it } from 'vitest'
import { Proxy } from '../src/proxy.js'
import { closedAfterEach, gatewayModel, serveHttp } from './running-proxy.js'

const open = closedAfterEach()

/** A gateway with an admin listener, before a service that counts what reaches it. */
async function serve(policy: string) {
  let reached = 0
  const up = await open(
    serveHttp((incoming, response) => {
      reached += 1
      incoming.resume().on('end', () => response.end('well'))
    }),
  )
  const document = (more: string) => `watertight: v1
system: test
services: { up: { port: ${up.port} } }
gateway: { listen: { port: 1 }, routes: [{ match: { path: / }, to: up, ${policy} }]${more} }`
  const proxy = new Proxy({
    model: gatewayModel(document('')),
    posture: { kind: 'gateway' },
    adminPort: 0,
  })
  await proxy.listen()
  await open(Promise.resolve({ port: 0, close: () => proxy.destroy() }))
  const portOf = (name: string) => proxy.ports.find((one) => one.name === name)!.port
  return {
    reload: () => proxy.reload(gatewayModel(document(', limits: { body: 1MiB }'))),
    reached: () => reached,
    ask: async (init: RequestInit = {}) => {
      const response = await fetch(`http://127.0.0.1:${portOf('gateway')}/`, init)
      return [response.status, await response.text()]
    },
    admin: async (method: string, query: string) => {
      const response = await fetch(`http://127.0.0.1:${portOf('admin')}/faults${query}`, { method })
      return { status: response.status, body: await response.text() }
    },
  }
}

it('a service fails for its callers until the fault is ended, and their breaker sees it', async () => {
  const { ask, admin, reached } = await serve(
    'retry: off, breaker: { window: { calls: 4 }, minimumCalls: 4, failureRate: 50%, openFor: 1h }',
  )
  const { status, body } = await admin('POST', '?to=up&for=1h&status=500')
  expect([status, JSON.parse(body)]).toMatchObject([
    200,
    { service: 'gateway', destinations: [{ name: 'up', faults: [{ struck: 0 }] }] },
  ])
  for (let call = 0; call < 4; call += 1) expect(await ask()).toEqual([500, ''])
  // The breaker refuses what would have been struck.
  expect((await ask())[0]).toBe(503)
  expect(reached()).toBe(0)
  expect(JSON.parse((await admin('GET', '')).body)).toMatchObject({
    destinations: [{ faults: [{ struck: 4, rule: { end: 500, share: 1 } }] }],
  })
  expect(JSON.parse((await admin('DELETE', '?to=up')).body)).toMatchObject({
    destinations: [{ faults: [] }],
  })
})

it('a slow service is given up in the time of an attempt, and retries meet the fault again', async () => {
  const { ask, admin, reached } = await serve(
    'timeout: { attempt: 20ms, total: 5s }, retry: { attempts: 2, on: [attempt-timeout], backoff: { initial: 1ms } }, operations: { GET /: { idempotent: true } }',
  )
  await admin('POST', '?to=up&for=1h&delay=1h')
  expect((await ask())[0]).toBe(504)
  expect(reached()).toBe(0)
  expect(JSON.parse((await admin('GET', '')).body)).toMatchObject({
    destinations: [{ faults: [{ struck: 2 }] }],
  })
})

it('what is delayed comes through whole, and no connection that it does not need is held', async () => {
  const { ask, admin, reached } = await serve('timeout: { total: 30s }')
  await admin('POST', '?to=up&for=1h&delay=1ms')
  expect(await ask({ method: 'POST', body: 'x'.repeat(300_000) })).toEqual([200, 'well'])
  expect(reached()).toBe(1)
})

it('a request with a body is answered by a fault as by a service that does not read it', async () => {
  const { ask, admin, reached } = await serve('retry: off')
  await admin('POST', '?to=up&for=1h&status=503')
  expect((await ask({ method: 'POST', body: 'x'.repeat(300_000) }))[0]).toBe(503)
  expect((await ask({ method: 'HEAD' }))[0]).toBe(503)
  await admin('DELETE', '?to=up')
  expect(await ask()).toEqual([200, 'well'])
  expect(reached()).toBe(1)
})

it('another document does not end a fault', async () => {
  const { ask, admin, reload } = await serve('retry: off')
  await admin('POST', '?to=up&for=1h&status=503')
  await reload()
  expect((await ask())[0]).toBe(503)
})

it.each([
  ['?for=1m&delay=2s', 'to must be the name of a service, got nothing'],
  ['?to=upp&for=1m&delay=2s', 'to must be one of up, got upp'],
  ['?to=up&delay=2s', 'for must be a duration up to 1h, got nothing'],
  ['?to=up&delay=2s&for=2h', 'for must be a duration up to 1h, got 2h'],
  ['?to=up&delay=2&for=1m', 'delay must be a duration such as 2s, got 2'],
  ['?to=up&delay=2s&for=1m&share=half', 'share must be a percentage such as 50%, got half'],
  ['?to=up&for=1m&status=abc', 'status must be a status such as 503, got abc'],
  ['?to=up&for=1m&status=999', 'end must be a status from 200 to 599'],
  ['?to=up&for=1m', 'end must be given where there is no delay'],
  ['?to=up&for=1m&delay=2s&shares=1%', 'there is no shares'],
])('refuses %s', async (query, reason) => {
  const { ask, admin } = await serve('retry: off')
  expect(await admin('POST', query)).toMatchObject({ status: 400, body: expect.stringContaining(reason) })
  expect((await ask())[0]).toBe(200)
})
