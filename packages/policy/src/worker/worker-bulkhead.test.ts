import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { pipeline } from '../promise/pipeline.js'
import { timeout } from '../timeout/timeout.js'
import { workerBulkhead } from './index.js'

/** Counts for the given number of laps; a negative number is never reached. */
const program = `
  export default (laps) => { let lap = 0; while (lap !== laps) lap += 1; return lap }
`
const folder = mkdtempSync(join(tmpdir(), 'worker-bulkhead-'))
const filename = join(folder, 'count.mjs')
writeFileSync(filename, program)
const workers = workerBulkhead<number, number>({ filename, concurrency: 1, queue: 1, maxWaitMs: 20_000 })
afterAll(async () => {
  await workers.close()
  rmSync(folder, { recursive: true })
})

it('runs tasks in workers, queues one and refuses the rest', async () => {
  const outcomes = await Promise.all([1_000, 2_000, 3_000].map((laps) => workers.outcome(laps)))
  expect(outcomes[0]).toMatchObject({ ok: true, value: 1_000 })
  expect(outcomes[1]).toMatchObject({ ok: true, value: 2_000 })
  expect(outcomes[2]).toMatchObject({ ok: false, reason: 'refusal', error: { code: 'WT_BULKHEAD_FULL' } })
})

it('an abort stops the busy worker, and the next task gets the slot', async () => {
  const controller = new AbortController()
  const endless = workers.outcome(-1, { signal: controller.signal })
  expect(workers.bulkhead.running).toBe(1)
  controller.abort(new Error('enough'))
  expect(await endless).toMatchObject({ ok: false, reason: 'abort', error: { message: 'enough' } })
  expect(await workers.execute(5)).toBe(5)
}, 20_000)

it('a time limit around it stops the task', async () => {
  const call = pipeline(timeout({ ms: 20 }), workers.bulkhead)
  expect(await call.outcome(workers.operation(-1))).toMatchObject({ error: { code: 'WT_TIMEOUT' } })
  expect(await workers.execute(6)).toBe(6)
}, 20_000)

it('takes exactly one of a file and a pool', () => {
  expect(() => workerBulkhead({ concurrency: 1 })).toThrow(
    'cannot create worker bulkhead: give either filename or pool, got neither',
  )
})
