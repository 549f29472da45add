import { expect, test } from 'vitest'
import { engineContract } from '../engine-contract.js'
import { type HistoryEvent, recordedHistories, replayHistories } from './replay-histories.js'
import { TemporalBench } from './temporal-bench.js'

const asksStep = (event: HistoryEvent): boolean =>
  (event.activityTaskScheduledEventAttributes?.activityType ?? null) !== null

const bench = new TemporalBench()
engineContract('Temporal', () => bench)

// Last, so that what all tests above have recorded is there.
test('whatever the workers have recorded, another one decides the same again, and would be caught if it did not', async () => {
  const histories = await recordedHistories(bench.server.address)
  expect(histories.length).toBeGreaterThan(5)
  expect(await replayHistories(histories)).toEqual({ replayed: histories.length, refused: [] })

  const asked = histories.find(({ history }) => (history.events ?? []).some(asksStep))!
  for (const event of asked.history.events ?? [])
    if (asksStep(event)) event.activityTaskScheduledEventAttributes!.activityType!.name = 'another'
  const { refused } = await replayHistories([asked])
  expect(refused.join()).toMatch(/nondeterminism/i)
}, 120_000)
