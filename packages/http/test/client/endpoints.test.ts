import { constant } from '@watertight/policy'
import { describe, expect, it } from 'vitest'
import { createFetch, type FetchOptions, type ResilientFetch } from '../../src/index.js'
import { rawResponse } from '../raw-response.js'
import { scriptedUpstream } from '../scripted-upstream.js'
import { selfSignedCertificate } from '../self-signed-certificate.js'
import { type FlakyUpstream, flakyUpstream, type UpstreamStep } from '../../src/testing/index.js'

/** Starts an upstream for each script, and a client of them all. */
async function among(
  scripts: readonly (readonly UpstreamStep[])[],
  options: Partial<FetchOptions>,
  use: (send: ResilientFetch, upstreams: readonly FlakyUpstream[]) => Promise<void>,
): Promise<void> {
  const upstreams = await Promise.all(scripts.map((script) => flakyUpstream({ script })))
  const endpoints = upstreams.map(({ url }) => url)
  const send = createFetch({ endpoints, retry: { backoff: constant({ ms: 1 }), budget: false }, ...options })
  try {
    await use(send, upstreams)
  } finally {
    await send.destroy()
    await Promise.all(upstreams.map((upstream) => upstream.close()))
  }
}

async function calls(send: ResilientFetch, count: number): Promise<number[]> {
  const statuses: number[] = []
  for (let call = 0; call < count; call++) {
    const response = await send('/')
    await response.text()
    statuses.push(response.status)
  }
  return statuses
}

const counts = (upstreams: readonly FlakyUpstream[]): number[] =>
  upstreams.map(({ requests }) => requests.length)

describe('balancing', () => {
  it('takes turns', async () => {
    await among([[{}], [{}], [{}]], { balance: 'round-robin' }, async (send, upstreams) => {
      await calls(send, 9)
      expect(counts(upstreams)).toEqual([3, 3, 3])
    })
  })

  it('avoids whoever is busy', async () => {
    await among([[{ fault: 'hang' }], [{}]], { balance: 'least-request' }, async (send, upstreams) => {
      const begun: Promise<unknown>[] = []
      while (send.endpoints[0]!.active === 0) begun.push(send('/').catch(() => undefined))
      await expect.poll(() => send.endpoints[1]!.active).toBe(0)
      const before = upstreams[1]!.requests.length
      await calls(send, 20)
      expect(upstreams[1]!.requests.length).toBeGreaterThanOrEqual(before + 20)
      await send.destroy()
      await Promise.all(begun)
    })
  })

  it('sends the same key to the same endpoint', async () => {
    await among([[{}], [{}], [{}]], { balance: 'ring-hash' }, async (send, upstreams) => {
      for (let call = 0; call < 6; call++) await (await send('/', { key: 'customer-7' })).text()
      expect(counts(upstreams).toSorted((a, b) => a - b)).toEqual([0, 0, 6])
    })
  })

  it('tries again elsewhere', async () => {
    const options = { balance: 'round-robin', retry: { on: ['5xx'], backoff: constant({ ms: 1 }) } } as const
    await among([[{ status: 500 }], [{ status: 500 }], [{}]], options, async (send) => {
      expect(await calls(send, 12)).toEqual(Array(12).fill(200))
    })
  })
})

describe('ejection', () => {
  const failing = [{ status: 500 }]

  it('leaves alone what fails, and says so', async () => {
    const options = {
      balance: 'round-robin',
      retry: false,
      ejection: { consecutiveFailures: 3, maxEjected: 0.5 },
    } as const
    await among([failing, [{}]], options, async (send, upstreams) => {
      await calls(send, 20)
      expect(counts(upstreams)).toEqual([3, 17])
      expect(send.endpoints.map(({ ejected }) => ejected)).toEqual([true, false])
    })
  })

  it('lets it come back', async () => {
    const options = {
      balance: 'round-robin',
      retry: false,
      ejection: { consecutiveFailures: 2, maxEjected: 0.5, intervalMs: 10, baseEjectionMs: 10 },
    } as const
    await among([[{ times: 2, status: 500 }, {}], [{}]], options, async (send, upstreams) => {
      await calls(send, 4)
      await expect.poll(async () => (await calls(send, 2), upstreams[0]!.requests.length)).toBeGreaterThan(2)
      expect(send.endpoints.some(({ ejected }) => ejected)).toBe(false)
    })
  })

  it('counts no answer as a failure, and a caller who gave up as nothing', async () => {
    const ejection = { consecutiveFailures: 1, maxEjected: 1 }
    await among([[{ fault: 'hang' }]], { ejection, retry: false }, async (send) => {
      const given = send('/', { signal: AbortSignal.timeout(20) })
      await expect(given).rejects.toThrow('timeout')
      expect(send.endpoints[0]!.ejected).toBe(false)
    })
    const options = { ejection, retry: false, balance: 'round-robin' } as const
    await among([[{ fault: 'reset' }], [{}]], options, async (send) => {
      await expect(send('/')).rejects.toMatchObject({ code: 'WT_RESET' })
      expect(send.endpoints.map(({ ejected }) => ejected)).toEqual([true, false])
    })
  })

  it('goes on in a panic, if it is told to', async () => {
    const ejection = { consecutiveFailures: 1, maxEjected: 1, panic: 0.5 }
    await among([failing], { ejection, retry: false }, async (send) => {
      expect(await calls(send, 3)).toEqual([500, 500, 500])
    })
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
    const send = createFetch({ endpoints: `http://stock.test:${port}`, resolve: { lookup } })
    expect(await calls(send, 2)).toEqual([200, 200])
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
    await using first = await flakyUpstream()
    const { port } = new URL(first.url)
    let answers = 0
    const lookup = async (): Promise<string[]> => {
      answers += 1
      if (answers > 1) throw new Error('no name server')
      return ['127.0.0.1']
    }
    const resolve = { lookup, intervalMs: 1 }
    const send = createFetch({ endpoints: `http://stock.test:${port}`, resolve })
    await expect.poll(async () => (await calls(send, 1), answers)).toBeGreaterThan(2)
    expect(await calls(send, 2)).toEqual([200, 200])
    expect(first.requests[0]!.headers.host).toBe(`stock.test:${port}`)
    await send.destroy()
  })
})
