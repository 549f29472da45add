import { systemClock } from '@watertight/policy/decisions'
import { expect, test, vi } from 'vitest'
import { saga } from '../../src/saga/index.js'
import { emptyStore } from '../empty-store.js'
import { EngineBench } from './engine-bench.js'

const bench = new EngineBench(emptyStore)
const timed = saga('timed', { deadline: '1h' })
  .step('one', { run: () => 1, compensate: () => {} })
  .build()

test('the clock of a machine is a day off: what a saga remembers is by that of the database', async () => {
  const { now } = Date
  vi.spyOn(Date, 'now').mockImplementation(() => now() + 24 * 3_600_000)
  try {
    const engine = await bench.open({ sagas: [timed] })
    const { outcome } = await engine.start(timed, { id: 't1', input: null })
    expect(await outcome()).toMatchObject({ status: 'done' })
    const { createdAt, state } = (await engine.find('t1'))!
    const times = [...state.timeline.map(({ at }) => at), (state.deadlineAt ?? 0) - 3_600_000]
    for (const at of times) expect(Math.abs(at - createdAt.getTime())).toBeLessThan(600_000)
  } finally {
    vi.restoreAllMocks()
  }
})

test('a client whose machine slept learns the time anew: its saga is not out of time before it begins', async () => {
  let asleepMs = 0
  const clock = { ...systemClock, now: () => systemClock.now() - asleepMs }
  const client = await bench.open({ sagas: [timed], works: false, clock })
  // Meanwhile its own clock stood still, by which it counts.
  asleepMs = 2 * 3_600_000
  await bench.open({ sagas: [timed] })
  const started = await client.start(timed, { id: 't2', input: null })
  expect(await started.outcome()).toMatchObject({ status: 'done' })
  const startedIn = await bench.store.transaction(async (transaction) => {
    asleepMs += 2 * 3_600_000
    return await client.startIn(transaction, timed, { id: 't3', input: null })
  })
  expect(await startedIn.outcome()).toMatchObject({ status: 'done' })
})
