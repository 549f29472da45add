import { constant } from '@watertight/policy'
import { describe, expect, it } from 'vitest'
import { createFetch } from '../../src/index.js'
import { flakyUpstream } from '../../src/testing/index.js'
import { inMemory } from '../in-memory.js'
import { passingTime } from '../passing-time.js'
import { rawResponse } from '../raw-response.js'
import { scriptedUpstream } from '../scripted-upstream.js'

async function codeOf(call: Promise<Response>): Promise<unknown> {
  return await call.then(
    ({ status }) => status,
    (error: { code?: unknown }) => error.code,
  )
}

describe('refusals', () => {
  it('come from a circuit that is open, and reach nobody', async () => {
    using test = inMemory([{ status: 500 }], { retry: false, breaker: { consecutiveFailures: 2 } })
    const { send, upstream } = test
    const codes = [await codeOf(send('/')), await codeOf(send('/')), await codeOf(send('/'))]
    expect(codes).toEqual([500, 500, 'WT_CIRCUIT_OPEN'])
    expect([send.breaker?.state, upstream.requests.length]).toEqual(['open', 2])
  })

  it('tell whose circuit is open, for how long, and what the last call of it met', async () => {
    const breaker = { consecutiveFailures: 1, openForMs: 60_000 }
    using test = inMemory([{ fault: 'reset' }], { name: 'payment', retry: false, breaker })
    expect(await codeOf(test.send('/'))).toBe('WT_RESET')
    await test.clock.advance(15_000)
    const refused = await test.send('/').then(undefined, (error: Error) => error)
    expect(refused).toMatchObject({
      code: 'WT_CIRCUIT_OPEN',
      circuit: 'payment',
      cause: { code: 'WT_RESET' },
    })
    expect((refused as Error).message).toMatch(/^circuit of payment is open, for 45 s more; last failure: ./)
  })

  it('are not for requests that cannot be sent, which say nothing of the callee', async () => {
    await using upstream = await flakyUpstream()
    const breaker = { consecutiveFailures: 1 }
    const send = createFetch({ endpoints: upstream.url, retry: false, breaker })
    expect(await codeOf(send('/', { headers: { 'transfer-encoding': 'x' } }))).toBe('WT_REQUEST')
    expect(await codeOf(send('/'))).toBe(200)
    await send.destroy()
  })

  it('come from a bulkhead that is full, and from a limit of attempts', async () => {
    using test = inMemory([{ latency: 30 }], { bulkhead: { concurrency: 1 } })
    const both = Promise.all([codeOf(test.send('/')), codeOf(test.send('/'))])
    expect(await test.settled(both)).toEqual([200, 'WT_BULKHEAD_FULL'])
    expect(await test.settled(codeOf(test.send('/')))).toBe(200)
    using limited = inMemory([{}], { retry: false, rateLimit: { limit: 2, perMs: 60_000 } })
    const { send } = limited
    const codes = [await codeOf(send('/')), await codeOf(send('/')), await codeOf(send('/'))]
    expect(codes).toEqual([200, 200, 'WT_RATE_LIMITED'])
  })

  it('come from an adaptive limit', async () => {
    const adaptiveLimit = { initialLimit: 1, maxLimit: 1, queue: 0 }
    using test = inMemory([{ latency: 30 }], { adaptiveLimit })
    const both = Promise.all([codeOf(test.send('/')), codeOf(test.send('/'))])
    expect(await test.settled(both)).toEqual([200, 'WT_OVERLOADED'])
  })
})

describe('a hedge', () => {
  const hedge = { delayMs: 20, extra: 1 }

  it('takes the answer that comes first, and closes the connection of the other', async () => {
    await using upstream = await scriptedUpstream([{ after: 'stall' }, { bytes: rawResponse() }])
    const send = createFetch({ endpoints: upstream.url, hedge })
    const response = await send('/')
    expect(await response.text()).toBe('hello')
    expect(upstream.requests).toHaveLength(2)
    await expect.poll(() => upstream.open).toBe(1)
    expect(send.endpoints[0]!.active).toBe(0)
    await send.destroy()
  })

  it('is only for what may be repeated', async () => {
    using test = inMemory([{ latency: 60 }], { hedge })
    await test.settled(test.send('/', { method: 'POST', body: 'order' }))
    expect(test.upstream.requests).toHaveLength(1)
    const headers = { 'idempotency-key': 'k' }
    await test.settled(test.send('/', { method: 'POST', body: 'order', headers }))
    expect(test.upstream.requests).toHaveLength(3)
  })
})

describe('a body that is a stream', () => {
  it('is not sent by two attempts at the same time', async () => {
    const body = (): ReadableStream<Uint8Array> =>
      ReadableStream.from([Buffer.from('he'), Buffer.from('llo')])
    using test = inMemory([{ latency: 60 }], { retry: false, hedge: { delayMs: 10 } })
    const sent = (): string[] => test.upstream.requests.map((request) => request.body)
    const once = test.send('/', { method: 'PUT', body: body(), duplex: 'half' })
    await expect.poll(sent).toEqual(['hello'])
    await test.settled(once)
    expect(sent()).toEqual(['hello'])
    const anew = test.send('/', { method: 'PUT', body, duplex: 'half' })
    await expect.poll(sent).toEqual(['hello', 'hello'])
    await test.clock.advance(10)
    await expect.poll(sent).toEqual(['hello', 'hello', 'hello'])
    await test.settled(anew)
  })

  it('is let go when nobody sends it any more', async () => {
    const closed: string[] = []
    const made = (name: string) => (): AsyncIterable<Uint8Array> => ({
      [Symbol.asyncIterator]: () => ({
        // The rest of it is never there.
        next: () => new Promise(() => undefined),
        return: async () => {
          closed.push(name)
          return { done: true, value: undefined }
        },
      }),
    })
    using time = passingTime()
    await using upstream = await flakyUpstream({ script: [{ fault: 'hang' }] })
    // The time of an attempt begins when all of its request is sent.
    const limits = { timeout: { attemptMs: 20, totalMs: 50 }, breaker: { consecutiveFailures: 1 } }
    const send = createFetch({ endpoints: upstream.url, retry: false, ...limits })
    const put = async (name: string): Promise<unknown> =>
      await codeOf(send('/', { method: 'PUT', body: made(name) as () => never, duplex: 'half' }))
    const both = async (): Promise<unknown[]> => [await put('sent'), await put('refused')]
    expect(await time.during(both())).toEqual(['WT_TIMEOUT', 'WT_CIRCUIT_OPEN'])
    expect(closed).toEqual(['sent', 'refused'])
    await send.destroy()
  })
})

describe('a destination', () => {
  it('changes its policies and keeps its counts', async () => {
    const breaker = { consecutiveFailures: 3 }
    using test = inMemory([{ status: 500 }], { retry: false, breaker })
    const { send, upstream } = test
    await send('/')
    await send('/')
    send.update({ breaker, retry: { attempts: 2, on: ['5xx'], backoff: constant({ ms: 1_000 }) } })
    expect(await test.settled(codeOf(send('/')))).toBe('WT_CIRCUIT_OPEN')
    expect(upstream.requests).toHaveLength(3)
    send.update({ retry: false })
    expect([await codeOf(send('/')), send.breaker]).toEqual([500, undefined])
    expect(() => send.update({ balance: 'random' as never })).toThrow(/balance must be one of/)
    const wrong = { breaker, bulkhead: { concurrency: 0 } }
    expect(() => send.update(wrong)).toThrow(/concurrency must be an integer >= 1/)
    expect(send.breaker).toBeUndefined()
  })

  it('finishes what is under way when it is closed, and takes nothing more', async () => {
    using test = inMemory([{ latency: 30, body: 'done' }], { retry: false })
    const last = test.send('/').then((response) => response.text())
    const closed = test.send.close()
    expect(await codeOf(test.send('/'))).toBe('WT_CLOSED')
    expect(await test.settled(last)).toBe('done')
    await closed
  })

  it('cuts off what is under way when it is destroyed', async () => {
    await using upstream = await flakyUpstream({ script: [{ fault: 'hang' }] })
    const send = createFetch({ endpoints: upstream.url, retry: false })
    const hung = codeOf(send('/'))
    await expect.poll(() => send.endpoints[0]!.active).toBe(1)
    await send.destroy()
    expect(await hung).toBe('WT_CLOSED')
  })

  it('keeps a stalled body from holding up a cached fallback', async () => {
    const fallback = { cache: { maxAgeMs: 1_000 } }
    using test = inMemory([{ body: 'half of it', fault: 'stall' }], { fallback, timeout: { bodyIdleMs: 30 } })
    const response = await test.settled(test.send('/'))
    await expect(response.text()).rejects.toMatchObject({ code: 'WT_BODY_TIMEOUT' })
  })
})
