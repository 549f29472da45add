import { expect, test } from 'vitest'
import { Arrivals } from './arrivals.js'

const dueBy = (arrivals: Arrivals, ms: number): number[] => [...arrivals.due(ms)]

test('without a rise, requests are due evenly from the start, however seldom somebody looks', () => {
  const arrivals = new Arrivals({ ratePerSecond: 100, risesForMs: 0 })
  expect(dueBy(arrivals, 25)).toEqual([0, 10, 20])
  expect(dueBy(arrivals, 25)).toEqual([])
  expect(dueBy(arrivals, 55)).toEqual([30, 40, 50])
  expect(dueBy(arrivals, 1_000)).toHaveLength(95)
})

test('while the rate rises, half as many are due as afterwards, and each gap is no longer than the one before', () => {
  const arrivals = new Arrivals({ ratePerSecond: 50, risesForMs: 4_000 })
  const rising = dueBy(arrivals, 3_999)
  expect(rising).toHaveLength(100)
  const gaps = rising.slice(1).map((due, index) => due - (rising[index] ?? 0))
  for (const [index, gap] of gaps.entries())
    expect(gap).toBeLessThanOrEqual((gaps[index - 1] ?? Infinity) + 1e-9)
  expect(dueBy(arrivals, 4_999)).toHaveLength(50)
  expect(arrivals.nextMs).toBeCloseTo(5_000)
})
