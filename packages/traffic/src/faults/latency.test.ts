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
