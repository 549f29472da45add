import { constant } from '@watertight/policy'
import { expect, it } from 'vitest'
import { createFetch } from '../../src/index.js'
import { memoryUpstream } from '../../src/testing/index.js'
import { inMemory } from '../in-memory.js'

const moved = (status: number, location = '/end'): { status: number; headers: { location: string } } => ({
  status,
  headers: { location },
})
const ended = (error: unknown): unknown => error

it('has twenty redirects share the time of one call', async () => {
  using test = inMemory([{ times: 20, ...moved(302, '/next'), latency: 900 }, { body: 'at last' }], {
    timeout: { totalMs: 3_000 },
    retry: false,
  })
  const failed = test.send('/').catch(ended)
  await test.clock.advance(3_000)
  expect(await failed).toMatchObject({ code: 'WT_TIMEOUT' })
  expect(test.upstream.requests).toHaveLength(4)
})

it('has the body after a redirect end with the call that began before it', async () => {
  const slow = { body: 'half of it', fault: 'stall' } as const
  using test = inMemory([{ ...moved(302), latency: 2_000 }, slow], {
    timeout: { totalMs: 3_000 },
    retry: false,
  })
  const answering = test.send('/')
  await test.clock.advance(2_000)
  const failed = (await answering).text().catch(ended)
  await test.clock.advance(1_000)
  expect(await failed).toMatchObject({ code: 'WT_TIMEOUT' })
})

it('tells each callee how much of the time of the whole call is left', async () => {
  using test = inMemory([{ ...moved(302), latency: 400 }, {}], {
    timeout: { totalMs: 1_000 },
  })
  await test.settled(test.send('/'))
  const told = test.upstream.requests.map(({ headers }) => headers['x-envoy-expected-rq-timeout-ms'])
  expect(told).toEqual(['1000', '600'])
})

it('repeats what the caller calls idempotent after a redirect, too', async () => {
  using test = inMemory([moved(307), { status: 503 }, { body: 'charged' }], {
    retry: { attempts: 2, backoff: constant({ ms: 1 }), budget: false },
  })
  const attempts: number[] = []
  const init = {
    method: 'POST',
    body: '{}',
    idempotent: true,
    onAttempt: (attempt: number) => attempts.push(attempt),
  }
  const response = await test.settled(test.send('/', init))
  expect([response.status, attempts]).toEqual([200, [1, 1, 2]])
})

it('keeps the priority that the caller gave', async () => {
  using test = inMemory([moved(302), {}])
  await test.settled(test.send('/', { priority: 7 }))
  expect(test.upstream.requests.map(({ headers }) => headers['x-watertight-priority'])).toEqual(['7', '7'])
})

it('finds the last good answer behind a redirect by the key of the call', async () => {
  using test = inMemory([moved(302), { body: 'points: 12' }, { status: 503 }], {
    retry: false,
    fallback: { cache: { maxAgeMs: 3_600_000 } },
  })
  await (await test.settled(test.send('/points', { key: 'customer-7' }))).text()
  expect(await (await test.settled(test.send('/points', { key: 'customer-7' }))).text()).toBe('points: 12')
})

it('gives the same function for the same origin, and changes, closes and redirects as one', async () => {
  const upstream = memoryUpstream({ script: [{ status: 503 }] })
  const fetch = createFetch({ transport: upstream, retry: false })
  const payment = fetch.at('http://payment.test')
  expect(fetch.at('http://payment.test/charges')).toBe(payment)
  fetch.update({ retry: false, fallback: { status: 202 } })
  expect((await payment('/')).status).toBe(202)
  expect((await fetch('http://other.test')).status).toBe(202)
  await payment.close()
  await expect(fetch('http://payment.test')).rejects.toMatchObject({ code: 'WT_CLOSED' })
  expect((await fetch('http://other.test')).status).toBe(202)
  await fetch.close()
})

it('changes the policies of where its redirects led, too', async () => {
  using test = inMemory([moved(302, 'http://elsewhere.test/'), { status: 503 }], { retry: false })
  expect((await test.settled(test.send('/'))).status).toBe(503)
  test.send.update({ retry: false, fallback: { status: 202 } })
  test.upstream.play([moved(302, 'http://elsewhere.test/'), { status: 503 }])
  expect((await test.settled(test.send('/'))).status).toBe(202)
})
