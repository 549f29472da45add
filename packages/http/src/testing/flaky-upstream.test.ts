import { virtualClock } from '@watertight/policy/testing'
import { describe, expect, it } from 'vitest'
import { flakyUpstream } from './flaky-upstream.js'

async function statuses(url: string, count: number): Promise<number[]> {
  const found: number[] = []
  for (let call = 0; call < count; call += 1) {
    const response = await fetch(url)
    found.push(response.status)
    await response.text()
  }
  return found
}

describe('flaky upstream', () => {
  it('fails the first requests and recovers', async () => {
    await using upstream = await flakyUpstream({
      script: [{ times: 2, status: 503, headers: { 'retry-after': '1' } }, { json: { points: 12 } }],
    })
    expect(await statuses(upstream.url, 4)).toEqual([503, 503, 200, 200])
    expect(await (await fetch(upstream.url)).json()).toEqual({ points: 12 })
    expect(upstream.requests.map(({ status }) => status)).toEqual([503, 503, 200, 200, 200])
  })

  it('answers each route by its own script, and records what came', async () => {
    await using upstream = await flakyUpstream({
      script: [{ status: 404 }],
      routes: { 'GET /items/:id': [{ body: 'item' }], '/health': [{ status: 204 }] },
    })
    const get = async (path: string) => (await fetch(`${upstream.url}${path}`)).status
    expect([await get('/items/7?full=1'), await get('/items'), await get('/health')]).toEqual([200, 404, 204])
    await fetch(`${upstream.url}/items/7`, {
      method: 'POST',
      body: 'new',
      headers: { 'x-request-id': 'r-1' },
    })
    expect(upstream.requests.at(-1)).toMatchObject({
      method: 'POST',
      path: '/items/7',
      body: 'new',
      status: 404,
      headers: { 'x-request-id': 'r-1' },
    })
  })

  it.each([
    ['reset', 'fetch failed'],
    ['cut', 'terminated'],
  ] as const)('breaks the connection: %s', async (fault, message) => {
    await using upstream = await flakyUpstream({
      script: [{ fault, body: 'half of this' }, { body: 'well' }],
    })
    const failed = fetch(upstream.url).then((response) => response.text())
    await expect(failed).rejects.toThrow(message)
    expect(await (await fetch(upstream.url)).text()).toBe('well')
    expect(upstream.requests.map(({ status }) => status)).toEqual([0, 200])
  })

  it('hangs until the caller gives up or it is closed', async () => {
    await using upstream = await flakyUpstream({ script: [{ fault: 'hang' }] })
    const hung = fetch(upstream.url)
    await expect.poll(() => upstream.requests.length).toBe(1)
    await upstream.close()
    await expect(hung).rejects.toThrow('fetch failed')
  })

  it('fails the same share of requests in every run', async () => {
    const run = async (seed: number) => {
      await using upstream = await flakyUpstream({ seed, script: [{ errorRate: 0.3, errorStatus: 500 }] })
      return await statuses(upstream.url, 40)
    }
    const first = await run(7)
    expect(first.filter((status) => status === 500).length).toBeGreaterThan(4)
    expect(first.filter((status) => status === 200).length).toBeGreaterThan(15)
    expect(await run(7)).toEqual(first)
    expect(await run(8)).not.toEqual(first)
  })

  it('is slow in virtual time, and plays another script when told', async () => {
    const clock = virtualClock()
    await using upstream = await flakyUpstream({ clock, script: [{ latency: 60_000, body: 'late' }] })
    const slow = fetch(upstream.url)
    await expect.poll(() => clock.pending).toBe(1)
    await clock.advance(60_000)
    expect(await (await slow).text()).toBe('late')
    upstream.play([{ body: 'quick' }])
    expect(await (await fetch(upstream.url)).text()).toBe('quick')
  })

  it.each([
    [{ script: [{ times: 0 }] }, 'cannot create flaky upstream: times must be an integer >= 1, got 0'],
    [{ script: [{ status: 99 }] }, 'status must be an integer >= 200 and <= 599, got 99'],
    [{ script: [{ errorRate: 2 }] }, 'errorRate must be a number from 0 to 1, got 2'],
    [
      { script: [{ fault: 'melt' as never }] },
      "fault must be one of 'reset', 'hang', 'cut', 'stall', got 'melt'",
    ],
    [{ script: [{ latency: -1 }] }, 'latency must be a number of milliseconds from 0 to 3600000, got -1'],
    [
      { script: [{ latency: { percentilesMs: {} } }] },
      'latency.percentilesMs must be milliseconds by percentile',
    ],
    [{ script: [{ latency: { percentilesMs: { 50: 9, 99: 3 } } }] }, 'rise from percentile to percentile'],
    [{ scripts: [] } as never, "unknown option 'scripts'; did you mean script?"],
  ])('refuses what it cannot play (%#)', async (options, message) => {
    await expect(flakyUpstream(options)).rejects.toThrow(message)
  })
})
