import { seededRandom } from '@watertight/policy/testing'
import { describe, expect, it } from 'vitest'
import { latencySource, type Latency } from './latency.js'

describe('latency', () => {
  /** The given percentiles of many draws. */
  function percentiles(latency: Latency, ...shares: readonly number[]): number[] {
    const random = seededRandom(3)
    const draw = latencySource(latency, 'test')
    const draws = Array.from({ length: 10_000 }, () => draw(random)).toSorted((a, b) => a - b)
    return shares.map((share) => Math.round(draws[Math.min(9_999, share * 100)]!))
  }

  it('follows its distribution', () => {
    expect(percentiles(5, 0, 100)).toEqual([5, 5])
    expect(percentiles({ uniformMs: [10, 30] }, 0, 50, 100)).toEqual([10, 20, 30])
    expect(percentiles({ exponentialMs: 100 }, 50)[0]).toBeCloseTo(69, -1)
    expect(percentiles({ exponentialMs: 100, maxMs: 150 }, 100)).toEqual([150])
    expect(percentiles({ percentilesMs: { 50: 10, 90: 50, 99: 500 } }, 25, 50, 90, 100)).toEqual([
      5, 10, 50, 500,
    ])
  })
})

it.each<[Latency, string]>([
  [{ percentilesMs: { 50: 10, 90: 5 } }, 'must be milliseconds by percentile that rise'],
  [{ percentilesMs: { 50: 10, 101: 20 } }, 'must be milliseconds by percentile that rise'],
  [{ percentilesMs: { 0: 10, 50: 20 } }, 'must be milliseconds by percentile that rise'],
  [{ percentilesMs: { 50: 3_600_001 } }, 'must be milliseconds by percentile that rise'],
  [{ percentilesMs: null as never }, 'must be milliseconds by percentile that rise'],
  [{ uniformMs: [1, 3_600_001] }, 'must be two numbers of milliseconds'],
  [{ uniformMs: [1, 2, 3] as never }, 'must be two numbers of milliseconds'],
  [3_600_001, 'must be a number of milliseconds from 0 to 3600000'],
  [{ exponentialMs: 0 }, 'must be a finite number > 0'],
])('refuses %j', (latency, message) => {
  expect(() => latencySource(latency, 'test')).toThrow(message)
})

it.each<[Latency, number, number]>([
  [3_600_000, 0.5, 3_600_000],
  [{ uniformMs: [7, 7] }, 0.5, 7],
  [{ exponentialMs: 0.5 }, 0, 0],
  [{ percentilesMs: { 50: 0, 100: 0 } }, 0.7, 0],
  [{ percentilesMs: { 50: 10, 90: 10 } }, 0.7, 10],
  [{ percentilesMs: { 50: 10, 100: 20 } }, 0.5, 10],
])('%j draws at %d', (latency, drawn, expected) => {
  expect(latencySource(latency, 'test')(() => drawn)).toBeCloseTo(expected)
})
