import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { constant } from '@watertight/policy'
import { seededRandom } from '@watertight/policy/testing'
import { expect, it } from 'vitest'
import { createFetch, type FetchInit, type ResilientFetch } from '../src/index.js'
import { flakyUpstream, type UpstreamStep } from '../src/testing/index.js'

/** `WATERTIGHT_LEAK_CALLS=100000` is the long form of this test. */
const CALLS = Number(process.env['WATERTIGHT_LEAK_CALLS'] ?? 3_000)
const IN_FLIGHT = 32
const large = 'x'.repeat(200_000)

const steps: readonly UpstreamStep[] = [
  {},
  { status: 500, body: 'a short story of what went wrong' },
  { status: 503, body: large },
  { body: large },
  { status: 429, headers: { 'retry-after': '0' } },
  { fault: 'reset' },
  { body: large, fault: 'cut' },
  { latency: 4 },
]

/** Reads, cancels, gives up, or forgets all about a response, as callers do. */
async function use(send: ResilientFetch, random: () => number): Promise<void> {
  const init: FetchInit = random() < 0.2 ? { method: 'PUT', body: () => new Blob(['body']) } : {}
  const hurried = random() < 0.1
  try {
    const response = await send('/', hurried ? { ...init, signal: AbortSignal.timeout(2) } : init)
    const choice = random()
    if (choice < 0.5) await response.text()
    else if (choice < 0.7) await response.body?.cancel()
    else if (choice < 0.9) await response.body?.getReader().read()
    // The rest forget about it: a body that waits for its reader ends with the call's total limit.
  } catch {
    // Every call here may fail; that none of them leaves anything behind is what is tested.
  }
}

it(
  `leaves nothing behind after ${CALLS} mixed failures`,
  async () => {
    const random = seededRandom(42)
    await using upstream = await flakyUpstream({ script: [{}] })
    const script = Array.from({ length: 2_000 }, () => steps[Math.floor(random() * steps.length)]!)
    const send = createFetch({
      endpoints: upstream.url,
      timeout: { attemptMs: 100, totalMs: 250, bodyIdleMs: 100 },
      retry: { attempts: 3, on: ['5xx', 'reset', 429], backoff: constant({ ms: 1 }), budget: false },
      bulkhead: { concurrency: 24, queue: 8, maxWaitMs: 20 },
      connectionsMax: 200,
      keepAliveMs: 200,
    })
    let left = CALLS
    const worker = async (): Promise<void> => {
      while (left-- > 0) {
        if (left % 1_000 === 0) upstream.play(script)
        await use(send, random)
      }
    }
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker))
    await expect.poll(() => send.endpoints[0]!.active, { timeout: 5_000 }).toBe(0)
    // Idle connections close by themselves; one that was leaked would stay.
    await expect.poll(() => socketsTo(upstream.url), { timeout: 5_000 }).toBe(0)
    await send.close()
  },
  Math.max(60_000, CALLS * 20),
)

it('lets go of a large response that was forgotten, without any limit in time', async () => {
  await using upstream = await flakyUpstream({ script: [{ body: large }] })
  const send = createFetch({ endpoints: upstream.url, timeout: false })
  await send('/')
  expect(send.endpoints[0]!.active).toBe(1)
  const collect = garbageCollector()
  await expect.poll(() => (collect(), send.endpoints[0]!.active), { timeout: 5_000 }).toBe(0)
  await send.close()
})

/** The collector is a flag of V8, which a new context heeds after it is set. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

/** Sockets of this process that lead to the upstream, or from it. */
function socketsTo(url: string): number {
  const port = Number(new URL(url).port)
  const report = process.report.getReport() as unknown as {
    libuv: { type: string; remoteEndpoint?: { port: number } | null }[]
  }
  return report.libuv.filter(({ type, remoteEndpoint }) => type === 'tcp' && remoteEndpoint?.port === port)
    .length
}
