import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { seededRandom, type VirtualClock, virtualClock } from '@watertight/policy/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFetch, createServerGuard } from '../src/index.js'
import { flakyUpstream } from '../src/testing/index.js'

let clock: VirtualClock

beforeEach(() => {
  clock = virtualClock({ startMs: 12_345_678 })
  clock.install(seededRandom(1))
})
afterEach(() => clock[Symbol.dispose]())

it('sends the whole deadline out while the time of the test stands still', async () => {
  await using upstream = await flakyUpstream()
  const send = createFetch({ endpoints: upstream.url, timeout: { totalMs: 3_000 } })
  await (await send('/charges')).text()
  await send.destroy()
  const [request] = upstream.requests
  expect(request?.headers['x-envoy-expected-rq-timeout-ms']).toBe('3000')
  // Drawn from the chance of the test, and so the same in every run.
  expect(request?.headers['x-request-id']).toBe('a08ff49b-6f77-4263-8271-6c43069c43a8')
})

it('has a server count the time of the test, too', async () => {
  const guard = createServerGuard()
  let left: number | undefined
  const server = createServer(
    guard.listener((_message, response, request) => {
      left = request.remainingMs()
      response.end('in time')
    }),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const send = createFetch({ endpoints: `http://127.0.0.1:${port}`, timeout: { totalMs: 3_000 } })
  const response = await send('/')
  expect([response.status, await response.text(), left]).toEqual([200, 'in time', 3_000])
  await send.destroy()
  server.close()
})
