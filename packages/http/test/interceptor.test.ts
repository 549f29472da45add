import { constant } from '@watertight/policy'
import { virtualClock } from '@watertight/policy/testing'
import { Agent, type Dispatcher, fetch as undiciFetch, request, RetryAgent } from 'undici'
import { describe, expect, it } from 'vitest'
import { type InterceptorOptions, watertightInterceptor } from '../src/index.js'
import { flakyUpstream, type FlakyUpstream, type UpstreamStep } from '../src/testing/index.js'
import { withScope } from '../src/scope/current-scope.js'

const retry = { attempts: 3, on: ['5xx'], backoff: constant({ ms: 1 }), budget: false } as const

async function through(
  script: readonly UpstreamStep[],
  options: InterceptorOptions,
  use: (dispatcher: Dispatcher, upstream: FlakyUpstream) => Promise<void>,
): Promise<void> {
  await using upstream = await flakyUpstream({ script })
  const agent = new Agent()
  try {
    await use(agent.compose(watertightInterceptor({ retry, ...options })), upstream)
  } finally {
    await agent.destroy()
  }
}

const recovering = [{ times: 2, status: 503, body: 'not yet' }, { json: { points: 12 } }]

describe('an interceptor', () => {
  it('tries again for whoever uses the dispatcher', async () => {
    await through(recovering, {}, async (dispatcher, { url, requests }) => {
      const { statusCode, body } = await request(url, { dispatcher })
      expect([statusCode, await body.json()]).toEqual([200, { points: 12 }])
      expect(requests.map(({ headers }) => headers['x-envoy-attempt-count'])).toEqual(['1', '2', '3'])
    })
  })

  it('lets the retries of undici go on around it, which throw what they want to hear', async () => {
    await through(recovering, { retry: false }, async (dispatcher, { url, requests }) => {
      const around = new RetryAgent(dispatcher, { minTimeout: 1, maxRetries: 3 })
      const { statusCode, body } = await request(url, { dispatcher: around })
      expect([statusCode, await body.json(), requests.length]).toEqual([200, { points: 12 }, 3])
    })
  })

  it('blames no callee for a handler that throws at what it gets', async () => {
    const breaker = { consecutiveFailures: 1 }
    await through([{ body: 'answer' }], { retry: false, breaker }, async (dispatcher, { url }) => {
      const told = await new Promise((resolve) => {
        dispatcher.dispatch(
          { origin: url, path: '/', method: 'GET' },
          {
            onRequestStart: () => undefined,
            onResponseStart: () => undefined,
            onResponseData: () => {
              throw new Error('disk full')
            },
            onResponseEnd: () => resolve('ended'),
            onResponseError: (_controller, error) => resolve(error),
          },
        )
      })
      expect(told).toMatchObject({ message: 'disk full' })
      const { statusCode, body } = await request(url, { dispatcher })
      expect([statusCode, await body.text()]).toEqual([200, 'answer'])
    })
  })

  it('serves a fetch', async () => {
    await through(recovering, {}, async (dispatcher, { url, requests }) => {
      const response = await undiciFetch(url, { dispatcher, headers: { 'x-own': 'kept' } })
      expect([response.status, await response.json()]).toEqual([200, { points: 12 }])
      expect(requests[2]!.headers['x-own']).toBe('kept')
    })
  })

  it('hands on the last answer when all attempts are made', async () => {
    await through([{ status: 503, body: 'no' }], {}, async (dispatcher, { url, requests }) => {
      const { statusCode, body } = await request(url, { dispatcher })
      expect([statusCode, await body.text(), requests.length]).toEqual([503, 'no', 3])
    })
  })

  it('sends again what is in memory and may be repeated, and nothing else', async () => {
    const cases = [
      [{ method: 'PUT', body: 'text' }, 3],
      [{ method: 'PUT', body: Buffer.from('bytes') }, 3],
      [{ method: 'POST', body: 'text' }, 1],
      [{ method: 'POST', body: 'text', headers: { 'Idempotency-Key': 'k' } }, 3],
      [{ method: 'POST', body: 'text', headers: ['Idempotency-Key', 'k'] }, 3],
      [{ method: 'PUT', body: ReadableStream.from([Buffer.from('stream')]) as never }, 3],
    ] as const
    for (const [options, attempts] of cases) {
      await through([{ status: 503 }], {}, async (dispatcher, { url, requests }) => {
        const { body } = await request(url, { dispatcher, ...options } as never)
        await body.dump()
        expect(requests).toHaveLength(attempts)
      })
    }
  })

  it('passes a large body on as it is read', async () => {
    const large = 'x'.repeat(2_000_000)
    await through([{ body: large }], {}, async (dispatcher, { url }) => {
      const { body } = await request(url, { dispatcher })
      expect(await body.text()).toBe(large)
    })
  })

  it('limits attempts and the whole call', async () => {
    using clock = virtualClock()
    clock.install()
    await through(
      [{ fault: 'hang' }],
      { timeout: { attemptMs: 20 } },
      async (dispatcher, { url, requests }) => {
        const failed = request(url, { dispatcher }).catch((error: unknown) => error)
        for (let attempt = 1; attempt <= 3; attempt++) {
          await expect.poll(() => requests.length).toBe(attempt)
          await clock.advance(20)
          await clock.advance(1)
        }
        expect(await failed).toMatchObject({ code: 'WT_ATTEMPT_TIMEOUT' })
      },
    )
    await through(
      [{ fault: 'hang' }],
      { timeout: { totalMs: 20 } },
      async (dispatcher, { url, requests }) => {
        const failed = request(url, { dispatcher }).catch((error: unknown) => error)
        await expect.poll(() => requests.length).toBe(1)
        await clock.advance(20)
        expect(await failed).toMatchObject({ code: 'WT_TIMEOUT' })
      },
    )
  })

  it('carries deadlines and ids on', async () => {
    await through([{}], {}, async (dispatcher, { url, requests }) => {
      const scope = {
        requestId: 'r-1',
        deadline: performance.now() + 500,
        priority: 0,
        traceparent: undefined,
        tracestate: undefined,
        baggage: undefined,
      }
      await withScope(scope, async () => (await request(url, { dispatcher })).body.dump())
      expect(requests[0]!.headers['x-request-id']).toBe('r-1')
      expect(Number(requests[0]!.headers['x-envoy-expected-rq-timeout-ms'])).toBeLessThanOrEqual(500)
    })
  })

  it('opens the circuit of one origin, and leaves others alone', async () => {
    await using other = await flakyUpstream()
    const options = { retry: false, breaker: { consecutiveFailures: 2 } } as const
    await through([{ status: 500 }], options, async (dispatcher, { url }) => {
      for (let call = 0; call < 2; call++) await (await request(url, { dispatcher })).body.dump()
      await expect(request(url, { dispatcher })).rejects.toMatchObject({ code: 'WT_CIRCUIT_OPEN' })
      expect((await request(other.url, { dispatcher })).statusCode).toBe(200)
    })
  })

  it('ends with its caller, wherever the request stands', async () => {
    await through([{ fault: 'hang' }], {}, async (dispatcher, { url, requests }) => {
      const controller = new AbortController()
      const reason = new Error('gone')
      const failed = request(url, { dispatcher, signal: controller.signal }).catch((error: unknown) => error)
      await expect.poll(() => requests.length).toBe(1)
      controller.abort(reason)
      expect(await failed).toBe(reason)
    })
    await through([{ body: 'x'.repeat(500_000), fault: 'cut' }], {}, async (dispatcher, { url }) => {
      const { body } = await request(url, { dispatcher })
      await expect(body.text()).rejects.toMatchObject({ code: 'WT_RESET' })
    })
  })

  it('refuses options that it does not know', () => {
    expect(() => watertightInterceptor({ breaker: { failureRate: 7 } })).toThrow(/failureRate/)
    for (const [options, unknown] of [
      [{ endpoints: 'http://x' }, 'endpoints'],
      [{ fallback: { status: 200 } }, 'fallback'],
      [{ timeout: { connectMs: 1 } }, 'timeout.connectMs'],
    ] as const) {
      expect(() => watertightInterceptor(options as never)).toThrow(`unknown option '${unknown}'`)
    }
  })
})
