import { getEventListeners } from 'node:events'
import { TimeoutError } from '@watertight/policy'
import { expect, it } from 'vitest'
import {
  AttemptTimeoutError,
  BodyTimeoutError,
  ConnectTimeoutError,
  createFetch,
  type FetchOptions,
  HeadersTimeoutError,
} from '../../src/index.js'
import { withScope } from '../../src/scope/request-scope.js'
import { flakyUpstream } from '../../src/testing/index.js'
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
  ['attempt', { attemptMs: 30 }, AttemptTimeoutError, 'WT_ATTEMPT_TIMEOUT'],
  ['head', { responseHeadersMs: 30 }, HeadersTimeoutError, 'WT_HEADERS_TIMEOUT'],
  ['call', { totalMs: 30 }, TimeoutError, 'WT_TIMEOUT'],
])('limits the %s', async (_name, timeout, type, code) => {
  await using upstream = await flakyUpstream({ script: [{ fault: 'hang' }] })
  const send = createFetch({ endpoints: upstream.url, timeout, retry: false })
  const startedAt = performance.now()
  const error = await failureOf(send('/'))
  expect(error).toBeInstanceOf(type)
  expect(error.code).toBe(code)
  expect(performance.now() - startedAt).toBeGreaterThanOrEqual(29)
  expect(send.endpoints[0]!.active).toBe(0)
  await send.destroy()
})

it('limits connecting', async () => {
  await using upstream = await scriptedUpstream([{ at: 'first-byte', after: 'stall' }], { scheme: 'https' })
  const send = createFetch({ endpoints: upstream.url, timeout: { connectMs: 30 }, retry: false })
  expect(await failureOf(send('/'))).toBeInstanceOf(ConnectTimeoutError)
  await send.destroy()
})

const halfBody = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'

it('limits the silence within a body', async () => {
  await using upstream = await scriptedUpstream([{ bytes: halfBody }])
  const send = createFetch({ endpoints: upstream.url, timeout: { bodyIdleMs: 30 } })
  const response = await send('/')
  expect(await failureOf(response.text())).toBeInstanceOf(BodyTimeoutError)
  await send.destroy()
})

it('limits the whole call, its body included', async () => {
  await using upstream = await scriptedUpstream([{ bytes: halfBody }])
  const send = createFetch({ endpoints: upstream.url, timeout: { totalMs: 50 } })
  const response = await send('/')
  const error = await failureOf(response.text())
  expect(error).toMatchObject({ code: 'WT_TIMEOUT', timeoutMs: 50 })
  await send.destroy()
})

it('does not limit a reader who takes his time', async () => {
  const body = 'x'.repeat(300_000)
  await using upstream = await flakyUpstream({ script: [{ body }] })
  const send = createFetch({ endpoints: upstream.url, timeout: { bodyIdleMs: 80 } })
  const response = await send('/')
  await new Promise((resolve) => setTimeout(resolve, 250))
  expect(await response.text()).toBe(body)
  await send.destroy()
})

it('ends with the reason of its caller, before and after the answer began', async () => {
  await using silent = await flakyUpstream({ script: [{ fault: 'hang' }] })
  await using half = await scriptedUpstream([{ bytes: halfBody }])
  for (const endpoints of [silent.url, half.url]) {
    const send = createFetch({ endpoints })
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    setTimeout(() => controller.abort(reason), 20)
    const read = send('/', { signal: controller.signal }).then((response) => response.text())
    expect(await failureOf(read)).toBe(reason)
    expect(send.endpoints[0]!.active).toBe(0)
    await send.destroy()
  }
})

it('leaves nothing behind on the signal of its caller', async () => {
  await using upstream = await flakyUpstream({ script: [{ body: 'x'.repeat(200_000) }] })
  const send = createFetch({ endpoints: upstream.url })
  const { signal } = new AbortController()
  const response = await send('/', { signal })
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  await response.text()
  await (await send('/', { signal })).body?.cancel()
  await expect.poll(() => getEventListeners(signal, 'abort')).toEqual([])
  await send.destroy()
})

it('does not even begin for a caller who is gone', async () => {
  await using upstream = await flakyUpstream()
  const send = createFetch({ endpoints: upstream.url })
  const reason = new Error('gone')
  expect(await failureOf(send('/', { signal: AbortSignal.abort(reason) }))).toBe(reason)
  expect(await failureOf(withScope(scope(performance.now() - 1), () => send('/')))).toMatchObject({
    code: 'WT_TIMEOUT',
  })
  expect(upstream.requests).toEqual([])
  await send.destroy()
})

it('waits no longer than the one it works for', async () => {
  await using upstream = await flakyUpstream({ script: [{ fault: 'hang' }] })
  const send = createFetch({ endpoints: upstream.url, timeout: { totalMs: 10_000 } })
  const startedAt = performance.now()
  const error = await failureOf(withScope(scope(startedAt + 40), () => send('/')))
  expect(error).toMatchObject({ code: 'WT_TIMEOUT' })
  expect(performance.now() - startedAt).toBeLessThan(2_000)
  await send.destroy()
})

it('tells each attempt how much time is left, and that is less each time', async () => {
  await using upstream = await flakyUpstream({ script: [{ status: 503, latency: 15 }] })
  const send = createFetch({ endpoints: upstream.url, timeout: { totalMs: 5_000 } })
  await (await withScope(scope(performance.now() + 2_000), () => send('/'))).text()
  const left = upstream.requests.map(({ headers }) => Number(headers['x-envoy-expected-rq-timeout-ms']))
  expect(left).toHaveLength(3)
  expect(left[0]!).toBeLessThanOrEqual(2_000)
  expect(left[0]!).toBeGreaterThan(1_500)
  expect(left[1]!).toBeLessThanOrEqual(left[0]! - 15)
  expect(left[2]!).toBeLessThanOrEqual(left[1]! - 15)
  await send.destroy()
})

it('tells an attempt its own limit when that is nearer, and nothing when there is none', async () => {
  await using upstream = await flakyUpstream()
  const limited = createFetch({ endpoints: upstream.url, timeout: { attemptMs: 500, totalMs: 5_000 } })
  const unlimited = createFetch({ endpoints: upstream.url, timeout: false })
  await (await limited('/')).text()
  await (await unlimited('/')).text()
  const told = upstream.requests.map(({ headers }) => headers['x-envoy-expected-rq-timeout-ms'])
  expect(told).toEqual(['500', undefined])
  await Promise.all([limited.destroy(), unlimited.destroy()])
})
