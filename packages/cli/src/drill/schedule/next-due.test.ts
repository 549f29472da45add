import { expect, test } from 'vitest'
import { type DrillTimes, nextDue } from './next-due.js'

const DAY = 86_400_000
const HOUR = 3_600_000

const times = (change: Partial<DrillTimes> = {}): DrillTimes => ({
  name: 'payment-slow',
  everyMs: 30 * DAY,
  seenAt: 1_000 * DAY,
  ranAt: undefined,
  refusedAt: undefined,
  ...change,
})

test('a drill that never ran is due one period after it was first seen, and not as soon as a system starts', () => {
  const due = nextDue(times())
  expect(due).toBeGreaterThanOrEqual(1_030 * DAY)
  expect(due).toBeLessThanOrEqual(1_030 * DAY + HOUR)
})

test('it is due one period after it last ran, up to a tenth of it later, and a restart changes nothing', () => {
  const ran = times({ everyMs: 600_000, ranAt: 2_000 * DAY })
  expect(nextDue(ran)).toBe(nextDue({ ...ran }))
  for (const name of ['a', 'b', 'c', 'd'])
    expect(nextDue({ ...ran, name }) - 2_000 * DAY - 600_000).toBeLessThanOrEqual(60_000)
  expect(new Set(['a', 'b', 'c', 'd'].map((name) => nextDue({ ...ran, name }))).size).toBe(4)
})

test('one that was refused is tried again within an hour, and soon where it comes often', () => {
  const refusedAt = 1_031 * DAY
  expect(nextDue(times({ refusedAt }))).toBe(refusedAt + HOUR)
  expect(nextDue(times({ refusedAt, everyMs: HOUR }))).toBe(refusedAt + 360_000)
  expect(nextDue(times({ refusedAt, everyMs: 10_000 }))).toBe(refusedAt + 10_000)
  // It ran since.
  expect(nextDue(times({ refusedAt, ranAt: refusedAt + 1 }))).toBeGreaterThanOrEqual(refusedAt + 30 * DAY)
})
