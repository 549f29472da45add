import { getEventListeners } from 'node:events'
import { constant, TimeoutError } from '@watertight/policy'
import { expect, it } from 'vitest'
import {
  AttemptTimeoutError,
  BodyTimeoutError,
  ConnectTimeoutError,
  createFetch,
  type FetchOptions,
  HeadersTimeoutError,
} from '../../src/index.js'
import { withScope } from '../../src/scope/current-scope.js'
import { inMemory } from '../in-memory.js'
import { passingTime } from '../passing-time.js'
import { scriptedUpstream } from '../scripted-upstream.js'

const scope = (deadline: number): Parameters<typeof withScope>[0] => ({
  requestId: 'r-1',
  deadline,
  priority: 0,
  traceparent: undefined,
  tracestate: undefined,
  baggage: undefined,
})

async function failureOf(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return await promise.then(
    () => new Error('nothing failed'),
    (error: Error) => error,
  )
}

it.each<[string, FetchOptions['timeout'], new (...given: never[]) => Error, string]>([
  ['attempt', { attemptMs: 10_000 }, AttemptTimeoutError, 'WT_ATTEMPT_TIMEOUT'],
  ['head', { responseHeadersMs: 10_000 }, HeadersTimeoutError, 'WT_HEADERS_TIMEOUT'],
  ['call', { totalMs: 10_000 }, TimeoutError, 'WT_TIMEOUT'],
])('limits the %s, to the millisecond', async (_name, timeout, type, code) => {
  using test = inMemory([{ fault: 'hang' }], { timeout, retry: false })
  let error: (Error & { code?: string }) | undefined
  const failed = failureOf(test.send('/')).then((failure) => (error = failure))
  await test.clock.advance(9_999)
  expect(error).toBeUndefined()
  await test.clock.advance(1)
  expect(await failed).toBeInstanceOf(type)
  expect(error?.code).toBe(code)
  expect(test.send.endpoints[0]!.active).toBe(0)
})

it('begins the time of an attempt when all of a slow upload is sent, and not before', async () => {
  using test = inMemory([{ fault: 'hang' }], { timeout: { attemptMs: 1_000 }, retry: false })
  let finish!: () => void
  const finished = new Promise<void>((resolve) => (finish = resolve))
  const body = (async function* () {
    yield 'half'
    await finished
    yield 'and half'
  })()
  let error: (Error & { code?: string }) | undefined
  const failed = failureOf(test.send('/', { method: 'PUT', body })).then((failure) => (error = failure))
  await test.clock.advance(10_000)
  expect(error).toBeUndefined()
  finish()
  await test.clock.advance(999)
  expect(error).toBeUndefined()
  await test.clock.advance(1)
  expect((await failed).code).toBe('WT_ATTEMPT_TIMEOUT')
})

it('limits connecting', async () => {
  using time = passingTime()
  await using upstream = await scriptedUpstream([{ at: 'first-byte', after: 'stall' }], { scheme: 'https' })
  const send = createFetch({ endpoints: upstream.url, timeout: { connectMs: 1_000 }, retry: false })
  expect(await time.during(failureOf(send('/')))).toBeInstanceOf(ConnectTimeoutError)
  await send.destroy()
})

const halfBody = { body: 'half of it', fault: 'stall' } as const

it('limits the silence within a body', async () => {
  using test = inMemory([halfBody], { timeout: { bodyIdleMs: 30_000 } })
  const response = await test.send('/')
  const read = failureOf(response.text())
  await test.clock.advance(30_000)
  expect(await read).toBeInstanceOf(BodyTimeoutError)
})

it('limits the whole call, its body included', async () => {
  using test = inMemory([halfBody], { timeout: { totalMs: 5_000 } })
  const response = await test.send('/')
  const read = failureOf(response.text())
  await test.clock.advance(5_000)
  expect(await read).toMatchObject({ code: 'WT_TIMEOUT', timeoutMs: 5_000 })
})

it('does not limit a reader who takes his time', async () => {
  const body = 'x'.repeat(300_000)
  using test = inMemory([{ body }], { timeout: { bodyIdleMs: 80, totalMs: 10_000 } })
  const response = await test.send('/')
  await test.clock.advance(5_000)
  expect(await response.text()).toBe(body)
})

it.each([
  ['before', { fault: 'hang' } as const],
  ['after', halfBody],
])('ends with the reason of its caller, %s the answer began', async (_when, step) => {
  using test = inMemory([step])
  const controller = new AbortController()
  const reason = new Error('changed my mind')
  const read = failureOf(test.send('/', { signal: controller.signal }).then((response) => response.text()))
  await test.clock.advance(20)
  controller.abort(reason)
  expect(await read).toBe(reason)
  expect(test.send.endpoints[0]!.active).toBe(0)
})

it('leaves nothing behind on the signal of its caller', async () => {
  using test = inMemory([{ body: 'x'.repeat(200_000) }])
  const { signal } = new AbortController()
  const response = await test.send('/', { signal })
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  await response.text()
  await (await test.send('/', { signal })).body?.cancel()
  await expect.poll(() => getEventListeners(signal, 'abort')).toEqual([])
})

it('puts one listener on the signal that many calls at once share, while they wait and while their bodies come', async () => {
  const body = 'x'.repeat(200_000)
  using test = inMemory([{ body, latency: 10 }], { bulkhead: { concurrency: 60 } })
  const { signal } = new AbortController()
  const calls = Promise.all(Array.from({ length: 60 }, () => test.send('/', { signal })))
  expect([test.upstream.requests.length, getEventListeners(signal, 'abort').length]).toEqual([60, 1])
  await test.clock.advance(10)
  const responses = await calls
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  await Promise.all(responses.map((response) => response.text()))
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('does not even begin for a caller who is gone', async () => {
  using test = inMemory([{}])
  const reason = new Error('gone')
  expect(await failureOf(test.send('/', { signal: AbortSignal.abort(reason) }))).toBe(reason)
  expect(await failureOf(withScope(scope(test.clock.now() - 1), () => test.send('/')))).toMatchObject({
    code: 'WT_TIMEOUT',
  })
  expect(test.upstream.requests).toEqual([])
})

it('waits no longer than the one it works for', async () => {
  using test = inMemory([{ fault: 'hang' }], { timeout: { totalMs: 10_000 } })
  const failed = failureOf(withScope(scope(test.clock.now() + 40), () => test.send('/')))
  await test.clock.advance(40)
  expect(await failed).toMatchObject({ code: 'WT_TIMEOUT' })
})

it('tells each attempt how much time is left, and that is less each time', async () => {
  const retry = { backoff: constant({ ms: 100 }) }
  using test = inMemory([{ status: 503, latency: 15 }], { timeout: { totalMs: 5_000 }, retry })
  await test.settled(withScope(scope(test.clock.now() + 2_000), () => test.send('/')))
  const left = test.upstream.requests.map(({ headers }) => headers['x-envoy-expected-rq-timeout-ms'])
  expect(left).toEqual(['2000', '1885', '1770'])
})

it('tells an attempt its own limit when that is nearer, and nothing when there is none', async () => {
  using limited = inMemory([{}], { timeout: { attemptMs: 500, totalMs: 5_000 } })
  using unlimited = inMemory([{}], { timeout: false })
  await limited.send('/')
  await unlimited.send('/')
  const told = [limited, unlimited].map(
    ({ upstream }) => upstream.requests[0]?.headers['x-envoy-expected-rq-timeout-ms'],
  )
  expect(told).toEqual(['500', undefined])
})

it('fails a call without time limits whose connection is refused, and not the process', async () => {
  const send = createFetch({ endpoints: 'http://127.0.0.1:9', timeout: false, retry: false })
  expect(await failureOf(send('/'))).toMatchObject({ code: 'WT_CONNECT', cause: { code: 'ECONNREFUSED' } })
  await send.close()
})
