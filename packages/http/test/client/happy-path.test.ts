import { Session } from 'node:inspector/promises'
import { bulkhead, circuitBreaker, pipeline, retry, retryBudget, timeout } from '@watertight/policy'
import { createTelemetry } from '@watertight/telemetry'
import { expect, it } from 'vitest'
import { createFetch } from '../../src/index.js'
import { flakyUpstream } from '../../src/testing/index.js'

const CALLS = 20

/** How often each function of the policies' engine ran during `use`. */
async function countRuns(use: () => Promise<void>): Promise<ReadonlyMap<string, number>> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  // What ran before the coverage began is counted for nothing.
  await session.post('Profiler.takePreciseCoverage')
  await use()
  const { result } = await session.post('Profiler.takePreciseCoverage')
  session.disconnect()
  const runs = new Map<string, number>()
  for (const { functions } of result.filter(({ url }) => /packages\/policy\/dist\/engine\//.test(url))) {
    for (const { functionName, ranges } of functions) {
      runs.set(functionName, (runs.get(functionName) ?? 0) + (ranges[0]?.count ?? 0))
    }
  }
  return runs
}

const way = (runs: ReadonlyMap<string, number>): unknown => ({
  atOnce: runs.get('leaveAtOnce') ?? 0,
  walked: runs.get('walk') ?? 0,
})

it('a call of the client takes the way that the benchmark measures: the happy path, and no step of the walk', async () => {
  await using upstream = await flakyUpstream({ script: [{ status: 200 }] })
  const telemetry = createTelemetry({ service: 'order' })
  const send = createFetch({
    endpoints: upstream.url,
    name: 'payment',
    telemetry,
    breaker: { window: { calls: 10 } },
    bulkhead: { concurrency: 10, queue: 10 },
    retry: { attempts: 3 },
    timeout: { totalMs: 60_000, attemptMs: 30_000 },
  })
  const ofClient = await countRuns(async () => {
    for (let call = 0; call < CALLS; call += 1) await (await send('/')).text()
  })
  const measured = pipeline(
    timeout({ ms: 3_000 }),
    retry({ attempts: 3, budget: retryBudget() }),
    circuitBreaker({ window: { calls: 100 } }),
    bulkhead({ concurrency: 10, queue: 10 }),
    timeout({ ms: 1_000 }),
  )
  const ofBenchmark = await countRuns(async () => {
    for (let call = 0; call < CALLS; call += 1) await measured.execute(async () => 42)
  })
  await send.destroy()
  expect(way(ofBenchmark)).toEqual({ atOnce: CALLS, walked: 0 })
  expect(way(ofClient)).toEqual({ atOnce: CALLS, walked: 0 })
})
