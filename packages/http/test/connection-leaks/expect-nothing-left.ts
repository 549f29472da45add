import { constant } from '@watertight/policy'
import { seededRandom } from '@watertight/policy/testing'
import { expect } from 'vitest'
import { createFetch, type FetchInit, type ResilientFetch } from '../../src/index.js'
import { flakyUpstream, type UpstreamStep } from '../../src/testing/index.js'
import { type PassingTime, passingTime } from '../passing-time.js'

const IN_FLIGHT = 32
const SLOTS = 24
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
async function use(send: ResilientFetch, random: () => number, { clock }: PassingTime): Promise<void> {
  const init: FetchInit = random() < 0.2 ? { method: 'PUT', body: () => new Blob(['body']) } : {}
  const controller = new AbortController()
  if (random() < 0.1) clock.setTimer(2, () => controller.abort())
  try {
    const response = await send('/', { ...init, signal: controller.signal })
    const choice = random()
    if (choice < 0.5) await response.text()
    else if (choice < 0.7) await response.body?.cancel()
    else if (choice < 0.9) await response.body?.getReader().read()
    // The rest forget about it: a body that waits for its reader ends with the call's total limit.
  } catch {
    // Every call here may fail; that none of them leaves anything behind is what is tested.
  }
}

/** Makes calls over real sockets that fail in many ways, and expects no call and no socket to be left. */
export async function expectNothingLeft(calls: number, seed: number): Promise<void> {
  using time = passingTime()
  const random = seededRandom(seed)
  await using upstream = await flakyUpstream({ script: [{}] })
  const script = Array.from({ length: 2_000 }, () => steps[Math.floor(random() * steps.length)]!)
  upstream.play(script)
  const send = createFetch({
    endpoints: upstream.url,
    timeout: { attemptMs: 200, totalMs: 450, bodyIdleMs: 100 },
    retry: { attempts: 3, on: ['5xx', 'reset', 429], backoff: constant({ ms: 1 }), budget: false },
    bulkhead: { concurrency: SLOTS, queue: 8, maxWaitMs: 20 },
    connectionsMax: SLOTS,
  })
  let left = calls
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      if (left % 1_000 === 0) upstream.play(script)
      await use(send, random, time)
    }
  }
  await time.during(Promise.all(Array.from({ length: IN_FLIGHT }, worker)))
  await time.during(isOver(send))
  // All at once: who waits for a slot or a connection, since one was leaked, has no time left for an answer.
  upstream.play([{ latency: 120 }])
  const last = Array.from({ length: SLOTS }, async () => (await send('/')).status)
  expect(await time.during(Promise.all(last))).toEqual(Array(SLOTS).fill(200))
  await time.during(send.close())
  await expect.poll(() => socketsTo(upstream.url)).toBe(0)
}

async function isOver(send: ResilientFetch): Promise<void> {
  await expect.poll(() => send.endpoints[0]!.active).toBe(0)
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
