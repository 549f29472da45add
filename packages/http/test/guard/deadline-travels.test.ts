import { virtualClock } from '@watertight/policy/testing'
import { expect, it } from 'vitest'
import { createFetch } from '../../src/index.js'
import { guardedServer } from './guarded-server.js'

it('shrinks the deadline from service to service, and carries id, priority and trace along', async () => {
  using clock = virtualClock()
  clock.install()
  const seen: Record<string, unknown>[] = []
  await using inventory = await guardedServer(({ headers }, response) => {
    seen.push(headers)
    response.end('in stock')
  })
  const fetchInventory = createFetch({ endpoints: [inventory.url] })
  await using order = await guardedServer(async (_message, response) => {
    await clock.advance(1_200)
    const answer = await fetchInventory('/items/7')
    response.end(await answer.text())
  })
  const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  const response = await fetch(order.url, {
    headers: {
      'x-envoy-expected-rq-timeout-ms': '5000',
      'x-request-id': 'r-9',
      'x-watertight-priority': '3',
      traceparent,
    },
  })
  expect(await response.text()).toBe('in stock')
  expect(seen).toMatchObject([{ 'x-request-id': 'r-9', 'x-watertight-priority': '3', traceparent }])
  expect(seen[0]?.['x-envoy-expected-rq-timeout-ms']).toBe('3800')
  await fetchInventory.close()
})

it.each([
  ['shed', 503, 1],
  ['late', 504, 3_600_000],
])('is not retried by a caller whose request was %s', async (_why, status, minimumMs) => {
  let release: () => void = () => undefined
  let arrived = 0
  await using inventory = await guardedServer(
    (_message, response) =>
      new Promise<void>((resolve) => {
        release = resolve
      }).then(() => response.end()),
    {
      shedding: { initialLimit: 1, maxLimit: 1, queue: 0 },
      timeLeft: { minimumMs },
      priority: () => {
        arrived += 1
        return 0
      },
    },
  )
  const busy = fetch(inventory.url)
  await expect.poll(() => arrived).toBe(1)
  const fetchInventory = createFetch({ endpoints: [inventory.url], retry: { attempts: 3 } })
  const response = await fetchInventory('/items/7')
  expect([response.status, arrived]).toEqual([status, 2])
  release()
  expect((await busy).status).toBe(200)
  await fetchInventory.close()
})
