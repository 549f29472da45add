import { constant } from '@watertight/policy'
import { describe, expect, it } from 'vitest'
import { createFetch, type FetchOptions, type ResilientFetch } from '../../src/index.js'
import { type FlakyUpstream, flakyUpstream, type UpstreamStep } from '../../src/testing/index.js'
import { inMemory } from '../in-memory.js'
import { rawResponse } from '../raw-response.js'
import { scriptedUpstream } from '../scripted-upstream.js'

async function guarded(
  script: readonly UpstreamStep[],
  options: Partial<FetchOptions>,
  use: (send: ResilientFetch, upstream: FlakyUpstream) => Promise<void>,
): Promise<void> {
  await using upstream = await flakyUpstream({ script })
  const send = createFetch({ endpoints: upstream.url, retry: false, ...options })
  try {
    await use(send, upstream)
  } finally {
    await send.destroy()
  }
}

async function codeOf(call: Promise<Response>): Promise<unknown> {
  return await call.then(
    ({ status }) => status,
    (error: { code?: unknown }) => error.code,
  )
}

describe('refusals', () => {
  it('come from a circuit that is open, and reach nobody', async () => {
    await guarded([{ status: 500 }], { breaker: { consecutiveFailures: 2 } }, async (send, { requests }) => {
      expect([await codeOf(send('/')), await codeOf(send('/')), await codeOf(send('/'))]).toEqual([
        500,
        500,
        'WT_CIRCUIT_OPEN',
      ])
      expect([send.breaker?.state, requests.length]).toEqual(['open', 2])
    })
  })

  it('tell whose circuit is open, for how long, and what the last call of it met', async () => {
    const options = { name: 'payment', breaker: { consecutiveFailures: 1, openForMs: 60_000 } }
    await guarded([{ fault: 'reset' }], options, async (send) => {
      expect(await codeOf(send('/'))).toBe('WT_RESET')
      const refused = await send('/').then(undefined, (error: Error) => error)
      expect(refused).toMatchObject({
        code: 'WT_CIRCUIT_OPEN',
        circuit: 'payment',
        cause: { code: 'WT_RESET' },
      })
      expect((refused as Error).message).toMatch(
        /^circuit of payment is open, for 60 s more; last failure: ./,
      )
    })
  })

  it('are not for requests that cannot be sent, which say nothing of the callee', async () => {
    await guarded([{}], { breaker: { consecutiveFailures: 1 } }, async (send) => {
      expect(await codeOf(send('/', { headers: { 'transfer-encoding': 'x' } }))).toBe('WT_REQUEST')
      expect(await codeOf(send('/'))).toBe(200)
    })
  })

  it('come from a bulkhead that is full, and from a limit of attempts', async () => {
    using test = inMemory([{ latency: 30 }], { bulkhead: { concurrency: 1 } })
    const both = Promise.all([codeOf(test.send('/')), codeOf(test.send('/'))])
    expect(await test.settled(both)).toEqual([200, 'WT_BULKHEAD_FULL'])
    expect(await test.settled(codeOf(test.send('/')))).toBe(200)
    await guarded([{}], { rateLimit: { limit: 2, perMs: 60_000 } }, async (send) => {
      const codes = [await codeOf(send('/')), await codeOf(send('/')), await codeOf(send('/'))]
      expect(codes).toEqual([200, 200, 'WT_RATE_LIMITED'])
    })
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
    await guarded([{ latency: 60 }], { hedge: { delayMs: 10 } }, async (send, { requests }) => {
      await send('/', { method: 'PUT', body: body(), duplex: 'half' })
      expect(requests.map((request) => request.body)).toEqual(['hello'])
      await send('/', { method: 'PUT', body, duplex: 'half' })
      expect(requests.map((request) => request.body)).toEqual(['hello', 'hello', 'hello'])
    })
  })

  it('is let go when nobody sends it any more', async () => {
    const closed: string[] = []
    const made = (name: string) => (): AsyncIterable<Uint8Array> => ({
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise((resolve) => setTimeout(resolve, 5, { done: false, value: Buffer.from('x') })),
        return: async () => {
          closed.push(name)
          return { done: true, value: undefined }
        },
      }),
    })
    const options = { timeout: { attemptMs: 20 }, breaker: { consecutiveFailures: 1 } }
    await guarded([{ fault: 'hang' }], options, async (send) => {
      const put = async (name: string): Promise<unknown> => {
        return await codeOf(send('/', { method: 'PUT', body: made(name) as () => never, duplex: 'half' }))
      }
      expect([await put('sent'), await put('refused')]).toEqual(['WT_ATTEMPT_TIMEOUT', 'WT_CIRCUIT_OPEN'])
      expect(closed).toEqual(['sent', 'refused'])
    })
  })
})

describe('a destination', () => {
  it('changes its policies and keeps its counts', async () => {
    const breaker = { consecutiveFailures: 3 }
    await guarded([{ status: 500 }], { breaker }, async (send, { requests }) => {
      await send('/')
      await send('/')
      send.update({ breaker, retry: { attempts: 2, on: ['5xx'], backoff: constant({ ms: 1 }) } })
      expect(await codeOf(send('/'))).toBe('WT_CIRCUIT_OPEN')
      expect(requests).toHaveLength(3)
      send.update({ retry: false })
      expect([await codeOf(send('/')), send.breaker]).toEqual([500, undefined])
      expect(() => send.update({ balance: 'random' as never })).toThrow(/balance must be one of/)
      const wrong = { breaker, bulkhead: { concurrency: 0 } }
      expect(() => send.update(wrong)).toThrow(/concurrency must be an integer >= 1/)
      expect(send.breaker).toBeUndefined()
    })
  })

  it('finishes what is under way when it is closed, and takes nothing more', async () => {
    await guarded([{ latency: 30, body: 'done' }], {}, async (send) => {
      const last = send('/').then((response) => response.text())
      const closed = send.close()
      expect(await codeOf(send('/'))).toBe('WT_CLOSED')
      expect(await last).toBe('done')
      await closed
    })
  })

  it('cuts off what is under way when it is destroyed', async () => {
    await guarded([{ fault: 'hang' }], {}, async (send) => {
      const hung = codeOf(send('/'))
      await expect.poll(() => send.endpoints[0]!.active).toBe(1)
      await send.destroy()
      expect(await hung).toBe('WT_CLOSED')
    })
  })

  it('keeps a stalled body from holding up a cached fallback', async () => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf'
    await using upstream = await scriptedUpstream([{ bytes: head, after: 'stall' }])
    const fallback = { cache: { maxAgeMs: 1_000 } }
    const send = createFetch({ endpoints: upstream.url, fallback, timeout: { bodyIdleMs: 30 } })
    const response = await send('/')
    await expect(response.text()).rejects.toMatchObject({ code: 'WT_BODY_TIMEOUT' })
    await send.destroy()
  })
})
