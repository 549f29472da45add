import { expect, test } from 'vitest'
import { LoadFigures } from './load-figures.js'

test('a look tells of what came since the last one, the total of all, and what a caller can do nothing with is no success', () => {
  let now = 5_000
  const figures = new LoadFigures(() => now)
  expect(figures.look()).toEqual({
    seconds: 0,
    requests: 0,
    ratePerSecond: 0,
    successShare: 1,
    p50Ms: 0,
    p99Ms: 0,
    outcomes: {},
  })
  for (const outcome of ['200', '404', '429', '503', 'refused', 'timeout', 'not-sent', '200'])
    figures.record(outcome, 10)
  now += 2_000
  const first = { requests: 8, ratePerSecond: 4, successShare: 3 / 8, outcomes: { 200: 2, 404: 1, 429: 1 } }
  expect(figures.look()).toMatchObject(first)
  figures.record('201', 1_000)
  now += 1_000
  expect(figures.look()).toMatchObject({ requests: 1, seconds: 1, ratePerSecond: 1, outcomes: { 201: 1 } })
  expect(figures.total()).toMatchObject({ requests: 9, seconds: 3, ratePerSecond: 3, successShare: 4 / 9 })
})
