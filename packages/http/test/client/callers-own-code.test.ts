import { Readable } from 'node:stream'
import { constant } from '@watertight/policy'
import { expect, it } from 'vitest'
import { type FetchInit, type FetchOptions, RequestError } from '../../src/index.js'
import { flakyUpstream } from '../../src/testing/index.js'
import { createFetch } from '../../src/index.js'
import { inMemory } from '../in-memory.js'

const wary: Partial<FetchOptions> = {
  breaker: { consecutiveFailures: 1 },
  ejection: { consecutiveFailures: 1 },
  retry: { attempts: 2, on: [503], backoff: constant({ ms: 0 }) },
}

function boom(): never {
  throw new Error('boom')
}

/** Throws from the second time on, when another attempt is to be made. */
function onceOnly(): () => string {
  let made = 0
  // The first is made to know its type, and is the body of the first attempt.
  return () => (++made > 1 ? boom() : 'body')
}

it.each<[string, FetchInit, string, number]>([
  ['makes the body', { method: 'PUT', body: boom }, "cannot make the request's body: boom", 0],
  ['makes the body anew', { method: 'PUT', body: onceOnly() }, "cannot make the request's body: boom", 1],
  ['hears of an attempt', { onAttempt: boom }, 'cannot send request: onAttempt threw boom', 0],
])(
  'blames nobody else for a function of the caller that %s and throws',
  async (_what, init, message, sent) => {
    using test = inMemory([{ times: 1, status: 503 }, {}], {
      ...wary,
      answers: [],
      breaker: { consecutiveFailures: 2 },
      ejection: { consecutiveFailures: 2 },
    })
    const failure = await test.settled(test.send('/', init).catch((error: unknown) => error))
    expect(failure).toBeInstanceOf(RequestError)
    expect(failure).toMatchObject({ message, cause: { message: 'boom' } })
    expect(test.upstream.requests).toHaveLength(sent)
    expect([test.send.breaker!.state, test.send.endpoints[0]!.active]).toEqual(['closed', 0])
  },
)

it('refuses a promise of a body, rather than to send its name', async () => {
  using test = inMemory([{}], wary)
  const body = (async () => 'later') as unknown as () => string
  await expect(test.send('/', { method: 'PUT', body })).rejects.toThrow('must not answer with a promise')
  expect(test.upstream.requests).toHaveLength(0)
})

it.each<[string, () => AsyncIterable<unknown>]>([
  ['of objects', () => Readable.from([{ a: 1 }])],
  [
    'of numbers',
    async function* () {
      yield await Promise.resolve(7)
    },
  ],
])('blames nobody else for a stream %s', async (_what, body) => {
  await using upstream = await flakyUpstream()
  const send = createFetch({ endpoints: upstream.url, ...wary })
  const failure: unknown = await send('/', { method: 'PUT', body: body() as never }).catch(
    (error: unknown) => error,
  )
  expect(failure).toBeInstanceOf(RequestError)
  expect(failure).toMatchObject({ message: expect.stringContaining('must be text or bytes') as string })
  expect([send.breaker!.state, send.endpoints[0]!.active]).toEqual(['closed', 0])
  expect((await send('/')).status).toBe(200)
  await send.destroy()
})

it('sends buffers of every kind that a stream may give', async () => {
  await using upstream = await flakyUpstream()
  const send = createFetch({ endpoints: upstream.url })
  const parts = async function* (): AsyncIterable<unknown> {
    yield await Promise.resolve('a')
    yield new Uint8Array([98])
    yield new DataView(new Uint8Array([0, 99, 0]).buffer, 1, 1)
    yield new Uint8Array([100]).buffer
  }
  await send('/', { method: 'PUT', body: parts() as never })
  expect(upstream.requests[0]!.body).toBe('abcd')
  await send.destroy()
})

it('says why a stream failed that was handed over too late', async () => {
  using test = inMemory([{}], wary)
  const body = Readable.from(['a'])
  body.on('error', () => undefined)
  body.destroy(new Error('disk read failed'))
  await expect(test.send('/', { method: 'PUT', body })).rejects.toMatchObject({
    message: "cannot read the request's body: disk read failed",
    cause: { message: 'disk read failed' },
  })
})

it.each([['10.0.0.1'], [undefined], [[{ address: '10.0.0.1', family: 4 }]]])(
  'says of a lookup that answers with %j what it must answer with',
  async (answer) => {
    const lookup = (async () => answer) as never
    using test = inMemory([{}], { endpoints: 'http://orders.test', resolve: { lookup } })
    for (const path of ['/', '/again'])
      await expect(test.settled(test.send(path))).rejects.toThrow(
        "cannot resolve orders.test: lookup must answer with a list of addresses such as ['10.0.0.7']",
      )
    expect(test.upstream.requests).toHaveLength(0)
  },
)
