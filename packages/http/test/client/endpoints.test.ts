import { constant } from '@watertight/policy'
import { describe, expect, it } from 'vitest'
import { createFetch, type FetchOptions } from '../../src/index.js'
import { type InMemory, inMemory, inMemoryAmong } from '../in-memory.js'
import { rawResponse } from '../raw-response.js'
import { scriptedUpstream } from '../scripted-upstream.js'
import { flakyUpstream, selfSignedCertificate, type UpstreamStep } from '../../src/testing/index.js'

/** A client of an endpoint for each script. */
function among(scripts: readonly (readonly UpstreamStep[])[], options: Partial<FetchOptions>): InMemory {
  return inMemoryAmong(scripts, { retry: false, ...options })
}

/** The statuses of calls, one after the other. */
async function calls({ send }: InMemory, count: number): Promise<number[]> {
  const statuses: number[] = []
  for (let call = 0; call < count; call++) {
    const response = await send('/')
    await response.text()
    statuses.push(response.status)
  }
  return statuses
}

const counts = ({ upstreams }: InMemory): number[] => upstreams.map(({ requests }) => requests.length)

describe('balancing', () => {
  it('takes turns', async () => {
    using test = among([[{}], [{}], [{}]], { balance: 'round-robin' })
    await calls(test, 9)
    expect(counts(test)).toEqual([3, 3, 3])
  })

  it('avoids whoever is busy', async () => {
    const options = { balance: 'least-request', timeout: false } as const
    using test = among([[{ fault: 'hang' }], [{}]], options)
    const { send, upstreams } = test
    const begun: Promise<unknown>[] = []
    while (send.endpoints[0]!.active === 0) begun.push(send('/').catch(() => undefined))
    await expect.poll(() => send.endpoints[1]!.active).toBe(0)
    const before = upstreams[1]!.requests.length
    await calls(test, 20)
    expect(upstreams[1]!.requests.length).toBe(before + 20)
    await send.destroy()
    await Promise.all(begun)
  })

  it('sends the same key to the same endpoint', async () => {
    using test = among([[{}], [{}], [{}]], { balance: 'ring-hash' })
    for (let call = 0; call < 6; call++) await (await test.send('/', { key: 'customer-7' })).text()
    expect(counts(test).toSorted((a, b) => a - b)).toEqual([0, 0, 6])
  })

  it('tries again elsewhere', async () => {
    const retry = { on: ['5xx'], backoff: constant({ ms: 100 }) } as const
    using test = among([[{ status: 500 }], [{ status: 500 }], [{}]], { balance: 'round-robin', retry })
    expect(await test.settled(calls(test, 12))).toEqual(Array(12).fill(200))
  })
})

describe('ejection', () => {
  const failing = [{ status: 500 }]
  const ejected = ({ send }: InMemory): boolean[] => send.endpoints.map((endpoint) => endpoint.ejected)

  it('leaves alone what fails, and says so', async () => {
    const ejection = { consecutiveFailures: 3, maxEjected: 0.5 }
    using test = among([failing, [{}]], { balance: 'round-robin', ejection })
    await calls(test, 20)
    expect(counts(test)).toEqual([3, 17])
    expect(ejected(test)).toEqual([true, false])
  })

  it('lets it come back', async () => {
    const ejection = { consecutiveFailures: 2, maxEjected: 0.5, intervalMs: 10_000, baseEjectionMs: 30_000 }
    const recovering = [{ times: 2, status: 500 }, {}]
    using test = among([recovering, [{}]], { balance: 'round-robin', ejection })
    await calls(test, 4)
    expect(ejected(test)).toEqual([true, false])
    await test.clock.advance(20_000)
    await calls(test, 4)
    expect(counts(test)).toEqual([2, 6])
    await test.clock.advance(20_000)
    await calls(test, 4)
    expect(counts(test)).toEqual([4, 8])
    expect(ejected(test)).toEqual([false, false])
  })

  it('counts no answer as a failure, and a caller who gave up as nothing', async () => {
    const ejection = { consecutiveFailures: 1, maxEjected: 1 }
    using hanging = among([[{ fault: 'hang' }]], { ejection })
    const controller = new AbortController()
    const given = hanging.send('/', { signal: controller.signal })
    await hanging.clock.advance(20)
    controller.abort(new Error('changed my mind'))
    await expect(given).rejects.toThrow('changed my mind')
    expect(ejected(hanging)).toEqual([false])
    using test = among([[{ fault: 'reset' }], [{}]], { ejection, balance: 'round-robin' })
    await expect(test.send('/')).rejects.toMatchObject({ code: 'WT_RESET' })
    expect(ejected(test)).toEqual([true, false])
  })

  it('goes on in a panic, if it is told to', async () => {
    using test = among([failing], { ejection: { consecutiveFailures: 1, maxEjected: 1, panic: 0.5 } })
    expect(await calls(test, 3)).toEqual([500, 500, 500])
  })
})

describe('names', () => {
  it('are resolved to all their addresses, which are asked by that name', async () => {
    await using upstream = await flakyUpstream()
    const { port } = new URL(upstream.url)
    const asked: string[] = []
    const lookup = async (name: string): Promise<string[]> => {
      asked.push(name)
      return ['127.0.0.1', '127.0.0.2']
    }
    // Nobody answers at the second address, so that another attempt goes to the first.
    const retry = { backoff: constant({ ms: 0 }), budget: false } as const
    const send = createFetch({ endpoints: `http://stock.test:${port}`, resolve: { lookup }, retry })
    expect([(await send('/')).status, (await send('/')).status]).toEqual([200, 200])
    expect(upstream.requests[0]!.headers.host).toBe(`stock.test:${port}`)
    expect((await send('/a')).url).toBe(`http://stock.test:${port}/a`)
    expect(send.endpoints.map(({ origin }) => origin)).toEqual([
      `http://127.0.0.1:${port}`,
      `http://127.0.0.2:${port}`,
    ])
    expect(asked).toEqual(['stock.test'])
    await send.destroy()
  })

  it('are what certificates are for, whatever address they have', async () => {
    const certificate = selfSignedCertificate({ host: 'stock.test' })
    await using upstream = await scriptedUpstream([{ bytes: rawResponse() }], { tls: certificate })
    const send = createFetch({
      endpoints: `https://stock.test:${upstream.port}`,
      resolve: { lookup: async () => ['127.0.0.1'] },
      tls: { ca: certificate.cert },
      retry: false,
    })
    expect(await (await send('/')).text()).toBe('hello')
    await send.destroy()
    await expect.poll(() => upstream.open).toBe(0)
  })

  it('are resolved again, and stay as they are when that fails', async () => {
    let answers = 0
    const lookup = async (): Promise<string[]> => {
      answers += 1
      if (answers > 1) throw new Error('no name server')
      return ['127.0.0.1']
    }
    const resolve = { lookup, intervalMs: 5_000 }
    using test = inMemory([{}], { endpoints: 'http://stock.test', resolve })
    for (let seen = 1; seen <= 3; seen++) {
      expect(await calls(test, 2)).toEqual([200, 200])
      expect([test.upstream.requests.at(-1)!.headers['host'], answers]).toEqual(['stock.test', seen])
      await test.clock.advance(5_000)
    }
  })
})
