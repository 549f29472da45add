import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { constant, exponential, linear } from './backoff.js'
import { type Jitter, jitterNames } from './jitter-names.js'

const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const bounds = fc
  .tuple(fc.constantFrom(0, 1e-3, 0.5, 1, 100, 12_345.678, 1e6), fc.integer({ min: 0, max: 1e9 }))
  .map(([initialMs, more]) => ({ initialMs, maxMs: initialMs + more }))

/** Evenly spread draws: the mean over them is the mean of the distribution, without luck. */
function meanDelay(delay: (random: () => number) => number): number {
  const count = 1_000
  let sum = 0
  for (let index = 0; index < count; index++) sum += delay(() => (index + 0.5) / count)
  return sum / count
}

describe('backoff', () => {
  it('constant waits the same each time', () => {
    const backoff = constant({ ms: 250 })
    expect([1, 2, 1e9].map((attempt) => backoff.delayMs(attempt, 0, () => 0.5))).toEqual([250, 250, 250])
  })

  it('linear grows by its step up to its maximum', () => {
    const backoff = linear({ initialMs: 100, stepMs: 50, maxMs: 220 })
    expect([1, 2, 3, 4, 1e300].map((n) => backoff.delayMs(n, 0, () => 0.5))).toEqual([
      100, 150, 200, 220, 220,
    ])
  })

  it('exponential without jitter doubles up to its maximum', () => {
    const backoff = exponential({ initialMs: 100, maxMs: 3_000, jitter: 'none' })
    const delays = [1, 2, 3, 4, 5, 6, 7].map((attempt) => backoff.delayMs(attempt, 0, () => 0.5))
    expect(delays).toEqual([100, 200, 400, 800, 1_600, 3_000, 3_000])
  })

  it('follows the published formulas', () => {
    fc.assert(
      fc.property(
        bounds,
        fc.integer({ min: 1, max: 80 }),
        draw,
        draw,
        ({ initialMs, maxMs }, attempt, u, p) => {
          const ceiling = Math.min(maxMs, initialMs * 2 ** (attempt - 1))
          const previous = p * maxMs
          const delay = (jitter: Jitter) =>
            exponential({ initialMs, maxMs, jitter }).delayMs(attempt, previous, () => u)
          expect(delay('full')).toBeCloseTo(u * ceiling, 3)
          expect(delay('equal')).toBeCloseTo(ceiling / 2 + (u * ceiling) / 2, 3)
          const upper = 3 * Math.max(initialMs, previous)
          expect(delay('decorrelated')).toBeCloseTo(Math.min(maxMs, initialMs + u * (upper - initialMs)), 3)
          expect(delay('none')).toBe(ceiling)
        },
      ),
    )
  })

  it('stays within its bounds for any attempt, however large', () => {
    const attempts = fc.oneof(
      fc.integer({ min: 1, max: 100 }),
      fc.constantFrom(1e4, 1e9, Number.MAX_SAFE_INTEGER),
    )
    fc.assert(
      fc.property(
        bounds,
        fc.constantFrom(...jitterNames),
        attempts,
        draw,
        draw,
        (limits, jitter, attempt, u, p) => {
          const previous = p * limits.maxMs
          const delay = exponential({ ...limits, jitter }).delayMs(attempt, previous, () => u)
          const unbounded = limits.initialMs === 0 ? 0 : limits.initialMs * 2 ** (attempt - 1)
          const ceiling = Math.min(limits.maxMs, unbounded)
          const lowest = { full: 0, equal: ceiling / 2, decorrelated: limits.initialMs, none: ceiling }[
            jitter
          ]
          expect(delay).toBeGreaterThanOrEqual(lowest)
          expect(delay).toBeLessThanOrEqual(jitter === 'decorrelated' ? limits.maxMs : ceiling)
        },
      ),
    )
  })

  it('has the right mean: half, three quarters, the middle of the range', () => {
    const limits = { initialMs: 100, maxMs: 10_000 }
    const mean = (jitter: Jitter, attempt: number, previous: number) =>
      meanDelay((random) => exponential({ ...limits, jitter }).delayMs(attempt, previous, random))
    expect(mean('full', 4, 0)).toBeCloseTo(400, 6)
    expect(mean('equal', 4, 0)).toBeCloseTo(600, 6)
    expect(mean('decorrelated', 1, 0)).toBeCloseTo(200, 6)
    expect(mean('decorrelated', 4, 500)).toBeCloseTo(800, 6)
  })

  it('defaults to full jitter below 100 ms, doubling to 3 s', () => {
    const backoff = exponential()
    expect(backoff.delayMs(1, 0, () => 0.5)).toBe(50)
    expect(backoff.delayMs(20, 0, () => 0.5)).toBe(1_500)
  })

  it('accepts zero: every delay is none', () => {
    for (const jitter of jitterNames) {
      expect(exponential({ initialMs: 0, maxMs: 0, jitter }).delayMs(5_000, 0, () => 0.9)).toBe(0)
    }
  })

  it.each([
    [
      () => constant({ ms: -1 }),
      'cannot create constant backoff: ms must be a finite number of milliseconds >= 0, got -1',
    ],
    [
      () => constant({ ms: Infinity }),
      'cannot create constant backoff: ms must be a finite number of milliseconds >= 0, got Infinity',
    ],
    [
      () => linear({ initialMs: 5, stepMs: 1, maxMs: 4 }),
      'cannot create linear backoff: maxMs must be a finite number >= initialMs (5), got 4',
    ],
    [
      () => exponential({ factor: 0.5 }),
      'cannot create exponential backoff: factor must be a finite number >= 1, got 0.5',
    ],
    [
      () => exponential({ jitter: 'some' as 'full' }),
      "cannot create exponential backoff: jitter must be one of 'full', 'equal', 'decorrelated', 'none', got 'some'",
    ],
    [
      () => exponential({ initialMs: NaN }),
      'cannot create exponential backoff: initialMs must be a finite number of milliseconds >= 0, got NaN',
    ],
    [
      () => linear({ initialMs: 5, stepMs: -1, maxMs: 10 }),
      'cannot create linear backoff: stepMs must be a finite number of milliseconds >= 0, got -1',
    ],
    [
      () => exponential({ initialMs: 200, maxMs: 100 }),
      'cannot create exponential backoff: maxMs must be a finite number >= initialMs (200), got 100',
    ],
  ])('refuses what it cannot honour (%#)', (create, message) => {
    expect(create).toThrow(message)
  })
})
