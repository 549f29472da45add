import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import {
  createFetch,
  type FallbackRules,
  type FetchInit,
  type FetchOptions,
  type QueuedRequest,
} from '../../src/index.js'
import type { UpstreamStep } from '../../src/testing/index.js'
import { type InMemory, inMemory } from '../in-memory.js'

const message = { message: 'Loyalty points currently unavailable, but your order is processed!' }

async function calling(
  script: readonly UpstreamStep[],
  fallback: FallbackRules,
  use: (test: InMemory) => Promise<void>,
  options: Partial<FetchOptions> = {},
): Promise<void> {
  using test = inMemory(script, { retry: false, fallback, ...options })
  await use(test)
}

describe('a fixed answer', () => {
  it.each<[string, UpstreamStep, Partial<FetchOptions>]>([
    ['no answer', { fault: 'reset' }, {}],
    ['a failure', { status: 500 }, {}],
    ['being asked to wait', { status: 429 }, {}],
    ['a time limit', { fault: 'hang' }, { timeout: { totalMs: 30_000 } }],
  ])('stands in for %s', async (_name, step, options) => {
    const use = async (test: InMemory): Promise<void> => {
      const events: string[] = []
      test.send.policy.on('fallback', ({ type }) => events.push(type))
      const response = await test.settled(test.send('/'))
      expect([response.status, await response.json()]).toEqual([200, message])
      expect(events).toEqual(['fallback'])
    }
    await calling([step], { body: message }, use, options)
  })

  it('stands in for a refusal, which asks nobody', async () => {
    const use = async ({ send, upstream }: InMemory): Promise<void> => {
      expect([(await send('/')).status, (await send('/')).status]).toEqual([203, 203])
      expect(upstream.requests).toHaveLength(1)
    }
    await calling([{ status: 500 }], { status: 203 }, use, { breaker: { consecutiveFailures: 1 } })
  })

  it('stands in where a sidecar says that its process is gone, and not where the process says 503', async () => {
    const gone = { status: 503, headers: { 'x-watertight-failure': 'connect-failure' } }
    const use = async ({ send }: InMemory): Promise<void> => {
      expect([(await send('/')).status, (await send('/')).status]).toEqual([203, 503])
    }
    await calling([gone, { status: 503 }], { status: 203 }, use, { answers: [503] })
  })

  it('leaves good answers, wrong requests and callers who gave up alone', async () => {
    await calling([{ status: 404 }], { body: message }, async ({ send }) => {
      expect((await send('/')).status).toBe(404)
      await expect(send('/', { signal: AbortSignal.abort() })).rejects.toThrow('aborted')
    })
  })
})

describe('the last good answer', () => {
  const script: readonly UpstreamStep[] = [{ times: 2, json: { points: 12 } }, { fault: 'reset' }]

  it('is given again, as long as it is young enough, to those who ask for the same', async () => {
    await calling(script, { cache: { maxAgeMs: 60_000 } }, async ({ send, clock }) => {
      expect(await (await send('/a')).json()).toEqual({ points: 12 })
      await (await send('/b')).json()
      await clock.advance(59_000)
      const again = await send('/a')
      expect([again.status, await again.json()]).toEqual([200, { points: 12 }])
      expect(again.headers.get('age')).toBe('59')
      await expect(send('/c')).rejects.toMatchObject({ code: 'WT_RESET' })
      await expect(send('/a', { method: 'DELETE' })).rejects.toMatchObject({ code: 'WT_RESET' })
    })
  })

  describe('is kept for whom it may be kept', () => {
    /** What bob gets of an answer that alice has got, once the callee is down. */
    const shared = async (
      headers: Record<string, string>,
      alice: FetchInit = { headers: { authorization: 'alice' } },
      bob: FetchInit = { headers: { authorization: 'bob' } },
    ): Promise<unknown> => {
      let seen: unknown
      await calling(
        [{ times: 1, json: { of: 'alice' }, headers }, { fault: 'reset' }],
        { cache: { maxAgeMs: 60_000 } },
        async ({ send }) => {
          await (await send('/me', alice)).json()
          const own = await send('/me', alice).then(
            (response) => response.headers.getSetCookie(),
            () => 'none',
          )
          const others = await send('/me', bob).then(
            (response) => response.json(),
            () => 'none',
          )
          seen = [own, others]
        },
      )
      return seen
    }
    const anybody = [{}, {}] as const

    it('never crosses users, and replays no cookie', async () => {
      expect(await shared({ 'set-cookie': 'session=alice' })).toEqual([[], 'none'])
      const session = (name: string): FetchInit => ({ headers: { cookie: `session=${name}` } })
      expect(await shared({}, session('alice'), session('bob'))).toEqual([[], 'none'])
    })

    it('goes to everybody where nobody is told apart', async () => {
      expect(await shared({}, ...anybody)).toEqual([[], { of: 'alice' }])
    })

    it.each(['no-store', 'private, no-store', 'no-cache', 'max-age=60, Must-Revalidate', 'Private'])(
      'not at all with %s',
      async (control) => {
        expect(await shared({ 'cache-control': control }, ...anybody)).toEqual(['none', 'none'])
      },
    )

    it('by the key that the caller gives', async () => {
      const keyed = { key: 'me', headers: { authorization: 'alice' } }
      const other = { key: 'me', headers: { authorization: 'bob' } }
      expect(await shared({ 'cache-control': 'private' }, keyed, other)).toEqual([[], { of: 'alice' }])
    })

    it('for requests alike in what the answer varies by', async () => {
      const language = (name: string): FetchInit => ({ headers: { 'accept-language': name } })
      const vary = { vary: 'Accept-Language' }
      expect(await shared(vary, language('de'), language('en'))).toEqual([[], 'none'])
      expect(await shared(vary, language('de'), language('de'))).toEqual([[], { of: 'alice' }])
      expect(await shared({ vary: '*' }, ...anybody)).toEqual(['none', 'none'])
      const lines = (...names: string[]): FetchInit => ({
        headers: names.map((name): [string, string] => ['accept-language', name]),
      })
      expect(await shared(vary, lines('de', 'en'), lines('de', 'fr'))).toEqual([[], 'none'])
    })
  })

  it('goes when it is too old, too large or one too many', async () => {
    for (const cache of [{ maxAgeMs: 100 }, { maxAgeMs: 1_000, bytesMax: 4 }, { maxAgeMs: 1_000, max: 1 }]) {
      await calling(script, { cache }, async ({ send, clock }) => {
        await (await send('/a')).json()
        await (await send('/b')).json()
        await clock.advance(101)
        await expect(send('/a')).rejects.toMatchObject({ code: 'WT_RESET' })
      })
    }
  })

  it('is given again without a body where it had none', async () => {
    const none: readonly UpstreamStep[] = [{ status: 204 }, { fault: 'reset' }]
    await calling(none, { cache: { maxAgeMs: 1_000 } }, async ({ send }) => {
      await send('/a')
      expect([(await send('/a')).status, (await send('/a')).body]).toEqual([204, null])
    })
  })

  it('is kept although it was encoded, and is what it was decoded to', async () => {
    let isDown = false
    const server = createServer((_message, response) => {
      response.writeHead(isDown ? 503 : 200, { 'content-encoding': 'gzip', etag: '"1"' })
      response.end(gzipSync(JSON.stringify({ points: 12 })))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const send = createFetch({
      endpoints: `http://127.0.0.1:${port}`,
      retry: false,
      fallback: { cache: { maxAgeMs: 60_000 } },
    })
    const whole = async (): Promise<unknown> => (await send('/a')).json()
    await whole()
    const streamed = await send('/b')
    for await (const chunk of streamed.body!) expect(chunk.length).toBeGreaterThan(0)
    isDown = true
    const again = await send('/a')
    expect([again.status, again.headers.get('etag')]).toEqual([200, '"1"'])
    expect(await again.json()).toEqual({ points: 12 })
    expect((await send('/b')).status).toBe(503)
    await send.destroy()
    server.close().closeAllConnections()
  })

  it('hands on a failure as it is when there is none', async () => {
    await calling([{ status: 500, body: 'no' }], { cache: { maxAgeMs: 1_000 } }, async ({ send }) => {
      const response = await send('/a')
      expect([response.status, await response.text()]).toEqual([500, 'no'])
    })
  })
})

describe('a queue', () => {
  const order = { method: 'POST', body: '{"total":1}', headers: { 'idempotency-key': 'k' } } as const

  it('keeps the request, and is waited for', async () => {
    const kept: QueuedRequest[] = []
    const onQueue = async (request: QueuedRequest): Promise<void> => {
      await nextTurn()
      kept.push(request)
    }
    await calling([{ fault: 'reset' }], { onQueue }, async ({ send }) => {
      expect((await send('/charges?now=1', order)).status).toBe(202)
      const [{ method, path, body, headers }] = kept as [QueuedRequest]
      expect([method, path, body]).toEqual(['POST', '/charges?now=1', order.body])
      expect(headers.get('idempotency-key')).toBe('k')
    })
  })

  it('fails the call when it cannot keep it', async () => {
    const onQueue = (): never => {
      throw new Error('disk full')
    }
    await calling([{ fault: 'reset' }], { onQueue }, async ({ send }) => {
      await expect(send('/charges', order)).rejects.toThrow('disk full')
    })
  })
})
