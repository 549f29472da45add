import { constant, RefusalError } from '@watertight/policy'
import { describe, expect, it } from 'vitest'
import { createFetch, type FetchInit, type FetchOptions, type RetryRules } from '../../src/index.js'
import { inMemory } from '../in-memory.js'
import { flakyUpstream, type UpstreamStep } from '../../src/testing/index.js'

const backoff = constant({ ms: 0 })

interface Seen {
  readonly status: number
  readonly attempts: number
  readonly bodies: readonly string[]
}

/** Calls once against a script, and tells what arrived at the upstream. */
async function call(
  script: readonly UpstreamStep[],
  init: FetchInit = {},
  retry: RetryRules = {},
  options: Partial<FetchOptions> = {},
): Promise<Seen> {
  await using upstream = await flakyUpstream({ script })
  const send = createFetch({
    endpoints: upstream.url,
    retry: { on: ['5xx', 'retriable-4xx'], backoff, budget: false, ...retry },
    ...options,
  })
  try {
    const response = await send('/items', init)
    await response.text()
    return { status: response.status, ...seenBy(upstream.requests) }
  } catch {
    return { status: 0, ...seenBy(upstream.requests) }
  } finally {
    await send.destroy()
  }
}

function seenBy(requests: readonly { body: string }[]): { attempts: number; bodies: string[] } {
  return { attempts: requests.length, bodies: requests.map(({ body }) => body) }
}

const failing: readonly UpstreamStep[] = [{ status: 503 }]
const recovering: readonly UpstreamStep[] = [{ times: 2, status: 503 }, { body: 'done' }]

describe('how often', () => {
  it('says before each attempt that it is made, and nothing when none is', async () => {
    const made: number[] = []
    const onAttempt = (attempt: number): void => void made.push(attempt)
    await call(recovering, { onAttempt })
    expect(made).toEqual([1, 2, 3])
    await using upstream = await flakyUpstream({ script: failing })
    const breaker = { consecutiveFailures: 1, openForMs: 60_000 }
    const send = createFetch({ endpoints: upstream.url, retry: false, breaker })
    await send('/items')
    await expect(send('/items', { onAttempt })).rejects.toThrow(RefusalError)
    expect(made).toEqual([1, 2, 3])
    await send.destroy()
  })

  it('tries as often as it may, and hands on the last answer', async () => {
    expect(await call(failing)).toMatchObject({ status: 503, attempts: 3 })
    expect(await call(failing, {}, { attempts: 1 })).toMatchObject({ status: 503, attempts: 1 })
    expect(await call(failing, {}, {}, { retry: false })).toMatchObject({ status: 503, attempts: 1 })
    expect(await call(recovering)).toMatchObject({ status: 200, attempts: 3 })
  })

  it('keeps to its budget', async () => {
    const budget = { ratio: 0, minimumPerSecond: 0.1 }
    expect(await call(failing, {}, { budget })).toMatchObject({ attempts: 2 })
  })

  it('says with each attempt which one it is', async () => {
    await using upstream = await flakyUpstream({ script: recovering })
    const send = createFetch({ endpoints: upstream.url, retry: { backoff } })
    await (await send('/')).text()
    const counts = upstream.requests.map(({ headers }) => headers['x-envoy-attempt-count'])
    const ids = new Set(upstream.requests.map(({ headers }) => headers['x-request-id']))
    expect(counts).toEqual(['1', '2', '3'])
    expect(ids.size).toBe(1)
    await send.destroy()
  })
})

describe('which answers and failures', () => {
  it.each([
    ['5xx', 500, 3],
    ['5xx', 404, 1],
    ['gateway-error', 502, 3],
    ['gateway-error', 500, 1],
    ['retriable-4xx', 409, 3],
    ['retriable-4xx', 404, 1],
    [429, 429, 3],
    ['reset', 503, 1],
  ] as const)('with %s, a status of %i makes %i attempts', async (on, status, attempts) => {
    expect(await call([{ status }], {}, { on: [on] })).toMatchObject({ status, attempts })
  })

  it.each([
    ['reset', 3],
    ['5xx', 3],
    ['gateway-error', 3],
    [503, 1],
    ['connect-failure', 1],
    ['attempt-timeout', 1],
  ] as const)('with %s, a reset makes %i attempts', async (on, attempts) => {
    expect(await call([{ fault: 'reset' }], {}, { on: [on] })).toMatchObject({ status: 0, attempts })
  })

  it.each([
    ['attempt-timeout', 3],
    ['reset', 3],
    ['connect-failure', 1],
    [504, 1],
  ] as const)('with %s, an attempt out of time makes %i attempts', async (on, attempts) => {
    const retry = { on: [on], backoff, budget: false } as const
    using test = inMemory([{ fault: 'hang' }], { timeout: { attemptMs: 10_000 }, retry })
    const code = await test.settled(test.send('/items').catch((error: { code: string }) => error.code))
    expect([code, test.upstream.requests.length]).toEqual(['WT_ATTEMPT_TIMEOUT', attempts])
  })
})

describe('which requests', () => {
  const key = { 'idempotency-key': 'k-1' }
  it.each<[string, FetchInit, Partial<FetchOptions>, number]>([
    ['a GET', {}, {}, 3],
    ['a PUT', { method: 'PUT', body: 'x' }, {}, 3],
    ['a POST', { method: 'POST', body: 'x' }, {}, 1],
    ['a PATCH', { method: 'PATCH', body: 'x' }, {}, 1],
    ['a POST with a key', { method: 'POST', body: 'x', headers: key }, {}, 3],
    ['a POST that says so', { method: 'POST', body: 'x', idempotent: true }, {}, 3],
    ['a GET that says not', { idempotent: false }, {}, 1],
    ['a POST declared repeatable', { method: 'POST', body: 'x' }, { operations: { 'POST /items': true } }, 3],
    ['a POST by key, without one', { method: 'POST' }, { operations: { 'POST /items': 'by-key' } }, 1],
    ['a POST by key', { method: 'POST', headers: key }, { operations: { 'POST /:any': 'by-key' } }, 3],
    ['a GET declared unrepeatable', {}, { operations: { 'GET /items': false } }, 1],
  ])('tries %s as often as it may', async (_name, init, options, attempts) => {
    expect(await call(failing, init, {}, options)).toMatchObject({ attempts })
  })

  it('tries what never left again, whatever it is', async () => {
    await using upstream = await flakyUpstream()
    await using gone = await flakyUpstream()
    await gone.close()
    const endpoints = [gone.url, upstream.url]
    const send = createFetch({ endpoints, balance: 'round-robin', retry: { backoff } })
    for (let order = 0; order < 4; order++) {
      expect((await send('/', { method: 'POST', body: 'order' })).status).toBe(200)
    }
    await send.destroy()
  })
})

describe('bodies', () => {
  const put = { method: 'PUT', duplex: 'half' } as const
  const streamOf = (...parts: string[]): ReadableStream<Uint8Array> =>
    ReadableStream.from(parts.map((part) => Buffer.from(part)))

  it.each<[string, () => FetchInit['body'], string]>([
    ['text', () => 'hello', 'hello'],
    ['bytes', () => new TextEncoder().encode('hello'), 'hello'],
    ['parameters', () => new URLSearchParams({ a: 'b c' }), 'a=b+c'],
    ['a blob', () => new Blob(['he', 'llo']), 'hello'],
    ['a small stream', () => streamOf('he', 'llo'), 'hello'],
    ['a function', () => () => streamOf('hel', 'lo'), 'hello'],
  ])('sends %s whole with each attempt', async (_name, body, sent) => {
    const seen = await call(recovering, { ...put, body: body() })
    expect(seen).toEqual({ status: 200, attempts: 3, bodies: [sent, sent, sent] })
  })

  it('sends a stream once that is larger than what is kept', async () => {
    const seen = await call(recovering, { ...put, body: streamOf('he', 'llo') }, {}, { replayBytesMax: 4 })
    expect(seen).toEqual({ status: 503, attempts: 1, bodies: ['hello'] })
  })

  it('sends a large body of a function again', async () => {
    const large = 'x'.repeat(200_000)
    const seen = await call(recovering, { ...put, body: () => streamOf(large) }, {}, { replayBytesMax: 4 })
    expect(seen).toMatchObject({ status: 200, attempts: 3 })
  })
})

describe('what the callee asks for', () => {
  const timed = async (headers: Record<string, string>, options: Partial<FetchOptions> = {}): Promise<Seen> =>
    await call([{ times: 1, status: 503, headers }, {}], {}, {}, options)

  it.each([
    ['x-envoy-overloaded', 'true'],
    ['x-should-retry', 'false'],
  ])('leaves it alone after %s: %s', async (name, value) => {
    expect(await timed({ [name]: value })).toMatchObject({ status: 503, attempts: 1 })
  })

  it('leaves it alone when it asks for more time than there is', async () => {
    expect(await timed({ 'retry-after': '5' }, { timeout: { totalMs: 1_000 } })).toMatchObject({
      attempts: 1,
    })
    expect(await timed({ 'retry-after': '90' })).toMatchObject({ attempts: 1 })
  })

  it('takes no notice of the time it asks for when it is told so, and still of a no', async () => {
    const options = { retry: { maxPushbackMs: false } } as const
    expect(await timed({ 'retry-after': '90' }, options)).toMatchObject({ attempts: 2 })
    expect(await timed({ 'retry-after': '1', 'x-should-retry': 'false' }, options)).toMatchObject({
      attempts: 1,
    })
  })

  it('tries again when it asks for none', async () => {
    expect(await timed({ 'retry-after': '0', 'x-should-retry': 'true' })).toMatchObject({ attempts: 2 })
  })
})
