import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it, onTestFinished } from 'vitest'
import { pipeline } from '../../src/promise/pipeline.js'
import { timeout } from '../../src/timeout/timeout.js'
import { workerBulkhead } from '../../src/worker/index.js'

// A file that stays: the worker that takes the place of one that was stopped may still be loading it when all are closed.
const filename = fileURLToPath(new URL('count-laps.mjs', import.meta.url))
const workers = workerBulkhead<number, number>({ filename, concurrency: 1, queue: 1, maxWaitMs: 20_000 })
afterAll(async () => {
  await workers.close()
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

it('a module that does not load ends no process, and is the error of every task; once it loads, tasks run', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'worker-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  let tell: (error: Error) => void = () => undefined
  const told = new Promise<Error>((resolve) => (tell = resolve))
  const late = workerBulkhead<number, number>({
    filename: join(folder, 'late.mjs'),
    concurrency: 1,
    onLostThread: tell,
  })
  onTestFinished(() => late.close())
  expect((await told).message).toMatch(/Cannot find module .*late\.mjs/)
  for (const task of [1, 2])
    await expect(late.execute(task)).rejects.toThrow(/Cannot find module .*late\.mjs/)
  await copyFile(filename, join(folder, 'late.mjs'))
  expect(await late.execute(3)).toBe(3)
}, 20_000)

it('takes exactly one of a file and a pool', () => {
  expect(() => workerBulkhead({ concurrency: 1 })).toThrow(
    'cannot create worker bulkhead: give either filename or pool, got neither',
  )
})
