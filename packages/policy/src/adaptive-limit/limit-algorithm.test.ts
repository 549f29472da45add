import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AdaptiveLimit } from './adaptive-limit.js'
import { aimd } from './aimd.js'
import { gradient2 } from './gradient2.js'
import type { LimitAlgorithm, LimitAlgorithmFactory, LimitSample } from './limit-algorithm.js'
import { vegas } from './vegas.js'

const half = () => 0.5

const ALGORITHMS: readonly [string, LimitAlgorithmFactory][] = [
  ['aimd', aimd({ timeoutMs: 40 })],
  ['vegas', vegas()],
  ['gradient2', gradient2({ windowMs: 50 })],
]

/** A destination that serves `workers` calls at once, each for `serviceMs`, the others in order of arrival. */
class Destination {
  serviceMs: number = 10
  readonly #freeAt: number[]
  #accepted: number = 0

  constructor(workers: number) {
    this.#freeAt = Array.from({ length: workers }, () => 0)
  }

  /** When a call that arrives now will be answered. With one duration for all, workers become free in turn. */
  accept(now: number): number {
    const worker = this.#accepted++ % this.#freeAt.length
    return (this.#freeAt[worker] = Math.max(now, this.#freeAt[worker]!) + this.serviceMs)
  }
}

/** Callers without end keep the limit used up until the given time; answers each limit on the way. */
function saturate(limit: AdaptiveLimit, destination: Destination, from: number, until: number): number[] {
  const limits: number[] = []
  const flying: { permit: number; startedAt: number; endsAt: number }[] = []
  let now = from
  while (now < until) {
    while (limit.inFlight < limit.limit) {
      const permit = limit.admit(now) as number
      const endsAt = destination.accept(now)
      flying.splice(flying.findLastIndex((each) => each.endsAt <= endsAt) + 1, 0, {
        permit,
        startedAt: now,
        endsAt,
      })
    }
    const done = flying.shift()!
    now = done.endsAt
    limit.settle(done.permit, now, 'success', now - done.startedAt)
    limits.push(limit.limit)
  }
  for (const each of flying) limit.settle(each.permit, now, 'ignored', 0)
  return limits
}

function sample(given: Partial<LimitSample>): LimitSample {
  return { rttMs: 10, inFlight: 20, dropped: false, now: 0, ...given }
}

/** Feeds samples one millisecond apart. */
function feed(algorithm: LimitAlgorithm, limit: number, samples: readonly LimitSample[], from = 0): number {
  return samples.reduce(
    (present, each, index) => Math.max(1, algorithm.update(present, { ...each, now: from + index })),
    limit,
  )
}

function times(count: number, given: Partial<LimitSample>): LimitSample[] {
  return Array.from({ length: count }, () => sample(given))
}

describe.each(ALGORITHMS)('%s', (_name, algorithm) => {
  it('grows to its maximum while latency stays low', () => {
    const limit = new AdaptiveLimit({ algorithm, maxLimit: 60 }, half)
    expect(saturate(limit, new Destination(100), 0, 5_000).at(-1)).toBe(60)
  })

  it('settles between the capacity of the destination and a few times that', () => {
    const limit = new AdaptiveLimit({ algorithm, initialLimit: 5, maxLimit: 500 }, half)
    const settled = saturate(limit, new Destination(20), 0, 10_000).slice(-500)
    expect(Math.min(...settled)).toBeGreaterThanOrEqual(18)
    expect(Math.max(...settled)).toBeLessThanOrEqual(100)
  })

  it('shrinks when latency rises, and grows back when it falls', () => {
    const limit = new AdaptiveLimit({ algorithm, maxLimit: 60 }, half)
    const destination = new Destination(100)
    saturate(limit, destination, 0, 5_000)
    destination.serviceMs = 100
    const slow = saturate(limit, destination, 5_000, 7_000)
    expect(Math.min(...slow)).toBeLessThanOrEqual(50)
    destination.serviceMs = 10
    expect(saturate(limit, destination, 7_000, 20_000).at(-1)).toBe(60)
  })

  it('shrinks when calls are dropped, however fast', () => {
    const after = feed(algorithm(half), 100, times(400, { rttMs: 1, inFlight: 100, dropped: true }))
    expect(after).toBeLessThan(80)
  })

  it('does not grow while less than half of it is used', () => {
    const idle = algorithm(half)
    expect(feed(idle, 100, times(1_000, { inFlight: 49 }))).toBe(100)
    expect(feed(idle, 100, times(100, { inFlight: 50 }), 1_000)).toBeGreaterThan(100)
  })

  it('stays finite and within bounds for any samples', () => {
    const any = fc.record({
      rttMs: fc.oneof(fc.constantFrom(0, 1e-9, 1e9), fc.double({ min: 0, max: 1_000, noNaN: true })),
      inFlight: fc.integer({ min: 1, max: 200 }),
      dropped: fc.boolean(),
      gap: fc.integer({ min: 0, max: 100 }),
    })
    fc.assert(
      fc.property(fc.array(any, { maxLength: 200 }), (samples) => {
        const limit = new AdaptiveLimit({ algorithm, minLimit: 3, maxLimit: 90 }, half)
        let now = 0
        for (const { rttMs, inFlight, dropped, gap } of samples) {
          now += gap
          limit.settle(inFlight, now, dropped ? 'failure' : 'success', rttMs)
          expect(Number.isFinite(limit.snapshot().limit)).toBe(true)
          expect(limit.limit).toBeGreaterThanOrEqual(3)
          expect(limit.limit).toBeLessThanOrEqual(90)
        }
      }),
    )
  })
})

describe('aimd in detail', () => {
  it('grows by one a round and shrinks once for the drops of one round', () => {
    const algorithm = aimd()(half)
    expect(feed(algorithm, 20, times(20, {}))).toBeCloseTo(21, 1)
    const drop = sample({ dropped: true, rttMs: 10, now: 1_000 })
    expect(algorithm.update(100, drop)).toBe(90)
    expect(algorithm.update(90, { ...drop, now: 1_009 })).toBe(90)
    expect(algorithm.update(90, { ...drop, now: 1_010 })).toBe(81)
  })
})

describe('vegas in detail', () => {
  it('measures the shortest latency anew, so that a route that became longer is not taken for a queue', () => {
    const algorithm = vegas({ probeMultiplier: 1 })(half)
    // Answers for a limit of 20 held fixed, calls far enough apart for each to be a round of its own.
    const limits = Array.from({ length: 16 }, (_, index) =>
      algorithm.update(20, sample({ rttMs: index < 2 ? 5 : 50, now: index * 100 })),
    )
    expect(limits.slice(0, 2)).toEqual([26, 26])
    expect(limits.slice(2, 14)).toEqual(Array.from({ length: 12 }, () => 19))
    expect(limits.slice(14)).toEqual([2, 26])
  })
})

describe('gradient2 in detail', () => {
  const exact = gradient2({ windowMs: 10, smoothing: 1, tolerance: 1, longWindow: 1_000_000 })

  /** One window: ten samples and the one that closes it. */
  function window(algorithm: LimitAlgorithm, limit: number, rttMs: number, from: number): number {
    return feed(algorithm, limit, times(11, { rttMs, inFlight: 1_000 }), from)
  }

  it('multiplies by the ratio of usual to present latency, but never by less than half', () => {
    const algorithm = exact(half)
    for (let round = 0; round < 20; round++)
      expect(window(algorithm, 100, 10, round * 11)).toBeCloseTo(104, 2)
    expect(window(algorithm, 100, 12.5, 220)).toBeCloseTo(84, 2)
    expect(window(algorithm, 100, 1_000, 231)).toBeCloseTo(54, 2)
    expect(window(algorithm, 100, 5.5, 242)).toBeCloseTo(104, 2)
  })

  it('lets the usual latency decay once it is more than twice the present one', () => {
    const algorithm = exact(half)
    for (let round = 0; round < 20; round++) window(algorithm, 100, 100, round * 11)
    for (let round = 20; round < 60; round++) window(algorithm, 100, 10, round * 11)
    // Decayed from 100 to 20 and no further: 25 against 20 has a gradient of about 0.8.
    const after = window(algorithm, 100, 25, 660)
    expect(after).toBeGreaterThan(100 * (19 / 25) + 4)
    expect(after).toBeLessThan(100 * (20 / 25) + 4.1)
  })
})

describe('limit options', () => {
  it.each([
    [
      () => aimd({ backoffRatio: 1 }),
      'cannot create aimd limit: backoffRatio must be a number between 0 and 1, got 1',
    ],
    [() => aimd({ timeoutMs: 0 }), 'cannot create aimd limit: timeoutMs must be a finite number > 0, got 0'],
    [
      () => vegas({ probeMultiplier: 0 }),
      'cannot create vegas limit: probeMultiplier must be an integer >= 1, got 0',
    ],
    [
      () => gradient2({ tolerance: 0.9 }),
      'cannot create gradient2 limit: tolerance must be a finite number >= 1, got 0.9',
    ],
    [
      () => gradient2({ smoothing: 0 }),
      'cannot create gradient2 limit: smoothing must be a number > 0 and <= 1, got 0',
    ],
    [
      () => gradient2({ queueSize: NaN }),
      'cannot create gradient2 limit: queueSize must be an integer >= 0, got NaN',
    ],
  ])('refuses what it cannot honour (%#)', (create, message) => {
    expect(create).toThrow(message)
  })
})
