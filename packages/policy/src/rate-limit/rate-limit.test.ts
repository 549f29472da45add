import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QUEUE } from '../admission/queueing.js'
import { Waiter } from '../admission/waiter-queue.js'
import { RateLimitedError, RateLimitRefusal } from './errors.js'
import { RateLimit, type RateLimitAlgorithm, type RateLimitOptions } from './rate-limit.js'

const ALGORITHMS: readonly RateLimitAlgorithm[] = ['token-bucket', 'sliding-window', 'smooth']

/** When a call that comes now starts, its wait included; undefined when it is refused. */
function startOf(rateLimit: RateLimit, now: number): number | undefined {
  const answer = rateLimit.admit(now)
  if (typeof answer !== 'number') return undefined
  if (answer !== QUEUE) return now
  const waiter = new Waiter()
  expect(rateLimit.wait(waiter, now)).toBeUndefined()
  return waiter.grantAt
}

/** The waits of calls made at the given moments, `undefined` for refusals. */
function waits(rateLimit: RateLimit, times: readonly number[]): (number | undefined)[] {
  return times.map((now) => {
    const startsAt = startOf(rateLimit, now)
    return startsAt === undefined ? undefined : startsAt - now
  })
}

function repeat<T>(value: T, times: number): T[] {
  return Array.from({ length: times }, () => value)
}

const gaps = fc.array(
  fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 400 })),
  {
    maxLength: 80,
  },
)
const options = fc.record({
  limit: fc.integer({ min: 1, max: 8 }),
  perMs: fc.constantFrom(50, 100, 333),
  maxWaitMs: fc.constantFrom(0, 20, 500),
})

/** Moments at which admitted calls start. */
function starts(chosen: RateLimitOptions, steps: readonly number[]): number[] {
  const rateLimit = new RateLimit(chosen)
  const started: number[] = []
  let now = -500
  for (const step of steps) {
    now += step
    const startsAt = startOf(rateLimit, now)
    if (startsAt === undefined) continue
    expect(startsAt - now).toBeLessThanOrEqual((chosen.maxWaitMs ?? 0) + 1e-9)
    started.push(startsAt)
  }
  return started
}

/** The most starts in any half-open stretch of `spanMs`. */
function most(started: readonly number[], spanMs: number): number {
  const counts = started.map((from) => started.filter((at) => at >= from && at < from + spanMs - 1e-6).length)
  return Math.max(0, ...counts)
}

describe('rate limit', () => {
  it('token bucket: a burst at once, then one each interval', () => {
    const rateLimit = new RateLimit({ limit: 10, burst: 3 })
    expect(waits(rateLimit, [0, 0, 0, 0, 99, 100, 100, 1_000, 1_000, 1_000, 1_000])).toEqual([
      0,
      0,
      0,
      undefined,
      undefined,
      0,
      undefined,
      0,
      0,
      0,
      undefined,
    ])
  })

  it('sliding window: a call is free when the one a limit before it is old enough', () => {
    const rateLimit = new RateLimit({ limit: 2, perMs: 100, algorithm: 'sliding-window' })
    expect(waits(rateLimit, [0, 60, 99, 100, 159, 160])).toEqual([0, 0, undefined, 0, undefined, 0])
  })

  it('smooth: calls that come together start evenly spaced', () => {
    const rateLimit = new RateLimit({ limit: 10, algorithm: 'smooth', maxWaitMs: 300 })
    expect(waits(rateLimit, repeat(50, 5))).toEqual([0, 100, 200, 300, undefined])
  })

  it('tells when to come back, and then admits', () => {
    for (const algorithm of ALGORITHMS) {
      const rateLimit = new RateLimit({ limit: 1, perMs: 400, algorithm })
      rateLimit.admit(1_000)
      const refusal = rateLimit.admit(1_100) as RateLimitRefusal
      expect(refusal).toMatchObject({ code: 'WT_RATE_LIMITED', retryAfterMs: 300 })
      const error = refusal.toError()
      expect(error).toBeInstanceOf(RateLimitedError)
      expect(error.message).toBe('rate limit of 1 per 400 ms is used up: retry after 300 ms')
      expect(error).toMatchObject({ code: 'WT_RATE_LIMITED', retryAfterMs: 300, limit: 1, perMs: 400 })
      expect(rateLimit.admit(1_399)).toBeInstanceOf(RateLimitRefusal)
      expect(startOf(rateLimit, 1_400)).toBe(1_400)
    }
  })

  it('never starts more than the limit in any window', () => {
    fc.assert(
      fc.property(options, gaps, (chosen, steps) => {
        const started = starts({ ...chosen, algorithm: 'sliding-window' }, steps)
        expect(most(started, chosen.perMs)).toBeLessThanOrEqual(chosen.limit)
      }),
    )
  })

  it('sliding window admits exactly what a list of all calls admits', () => {
    fc.assert(
      fc.property(options, gaps, ({ limit, perMs }, steps) => {
        const rateLimit = new RateLimit({ limit, perMs, algorithm: 'sliding-window' })
        const admitted: number[] = []
        let now = 0
        for (const step of steps) {
          now += step
          const free = admitted.filter((at) => at > now - perMs).length < limit
          expect(startOf(rateLimit, now) === now).toBe(free)
          if (free) admitted.push(now)
        }
      }),
    )
  })

  it('token bucket admits exactly what a bucket that is refilled by hand admits', () => {
    const exact = fc.record({ limit: fc.constantFrom(1, 2, 4, 8), burst: fc.integer({ min: 1, max: 6 }) })
    fc.assert(
      fc.property(exact, gaps, ({ limit, burst }, steps) => {
        // 128 ms over a power of two: every sum of the model is exact in binary.
        const rateLimit = new RateLimit({ limit, burst, perMs: 128 })
        let tokens = burst
        let now = 0
        for (const step of steps) {
          now += step
          tokens = Math.min(burst, tokens + (step * limit) / 128)
          expect(startOf(rateLimit, now) === now).toBe(tokens >= 1)
          if (tokens >= 1) tokens -= 1
        }
      }),
    )
  })

  it('token bucket and smooth never start more than their burst and the rate since', () => {
    const burst = fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined })
    fc.assert(
      fc.property(
        options,
        burst,
        fc.constantFrom('token-bucket', 'smooth'),
        gaps,
        (chosen, size, algorithm, steps) => {
          const given = size === undefined ? {} : { burst: size }
          const started = starts({ ...chosen, ...given, algorithm: algorithm }, steps)
          const allowed = size ?? (algorithm === 'smooth' ? 1 : chosen.limit)
          for (const spanMs of [chosen.perMs / chosen.limit, chosen.perMs, 3 * chosen.perMs]) {
            const bound = allowed + Math.ceil((spanMs * chosen.limit) / chosen.perMs - 1e-9) - 1
            expect(most(started, spanMs)).toBeLessThanOrEqual(bound)
          }
        },
      ),
    )
  })

  it('starts calls in the order in which they came', () => {
    fc.assert(
      fc.property(options, fc.constantFrom(...ALGORITHMS), gaps, (chosen, algorithm, steps) => {
        const started = starts({ ...chosen, algorithm }, steps)
        expect(started).toEqual(started.toSorted((a, b) => a - b))
      }),
    )
  })

  it('keeps its count when the limit changes', () => {
    for (const algorithm of ['token-bucket', 'sliding-window'] as const) {
      const rateLimit = new RateLimit({ limit: 4, perMs: 400, algorithm })
      expect(waits(rateLimit, [0, 0, 0, 0])).toEqual([0, 0, 0, 0])
      rateLimit.reconfigure({ limit: 2, perMs: 400, algorithm })
      expect(rateLimit.admit(190)).toBeInstanceOf(RateLimitRefusal)
      expect(startOf(rateLimit, 400)).toBe(400)
    }
    const window = new RateLimit({ limit: 2, perMs: 400, algorithm: 'sliding-window' })
    waits(window, [0, 100, 400])
    window.reconfigure({ limit: 3, perMs: 400, algorithm: 'sliding-window' })
    expect(waits(window, [410, 420, 500])).toEqual([0, undefined, 0])
  })

  it('starts anew with another algorithm', () => {
    const rateLimit = new RateLimit({ limit: 1 })
    rateLimit.admit(0)
    rateLimit.reconfigure({ limit: 1, algorithm: 'sliding-window' })
    expect(waits(rateLimit, [1, 2])).toEqual([0, undefined])
    rateLimit.reconfigure({ limit: 1, algorithm: 'smooth' })
    expect(waits(rateLimit, [3, 4])).toEqual([0, undefined])
  })

  it('continues from a snapshot in another process, with the time between passed', () => {
    for (const algorithm of ALGORITHMS) {
      const chosen: RateLimitOptions = { limit: 2, perMs: 400, algorithm }
      const before = new RateLimit(chosen)
      waits(before, [0, 250, 260])
      const snapshot = JSON.parse(JSON.stringify(before.snapshot(260, 1_700_000_000_000))) as never
      const after = new RateLimit(chosen)
      after.restore(snapshot, 9_000, 1_700_000_000_020)
      for (const later of [20, 139, 140, 189, 190, 400]) {
        expect([algorithm, later, after.admit(9_000 - 20 + later)]).toEqual([
          algorithm,
          later,
          before.admit(260 + later),
        ])
      }
    }
  })

  it('refuses a snapshot of another shape, changing nothing', () => {
    const rateLimit = new RateLimit({ limit: 1 })
    rateLimit.admit(0)
    for (const wrong of [
      null,
      [],
      {},
      { algorithm: 'smooth', takenAt: 0, timesMs: [] },
      { algorithm: 'token-bucket', takenAt: 0, timesMs: ['1'] },
    ]) {
      expect(() => rateLimit.restore(wrong as never, 0, 0)).toThrow(
        'cannot create rate limit from a snapshot: ',
      )
    }
    expect(rateLimit.admit(1)).toBeInstanceOf(RateLimitRefusal)
  })

  it('does not wait longer because the wall clock was set back', () => {
    const before = new RateLimit({ limit: 1, perMs: 100 })
    before.admit(0)
    const after = new RateLimit({ limit: 1, perMs: 100 })
    after.restore(before.snapshot(0, 5_000), 0, 1_000)
    expect(startOf(after, 100)).toBe(100)
  })

  it.each([
    [
      {} as RateLimitOptions,
      'cannot create rate limit: limit must be an integer >= 1 and <= 100000, got undefined',
    ],
    [{ limit: 0 }, 'limit must be an integer >= 1 and <= 100000, got 0'],
    [{ limit: Infinity }, 'limit must be an integer >= 1 and <= 100000, got Infinity'],
    [{ limit: 1, perMs: 0 }, 'perMs must be a finite number > 0, got 0'],
    [{ limit: 1, burst: 0 }, 'burst must be an integer >= 1 and <= 100000, got 0'],
    [
      { limit: 1, maxWaitMs: Infinity },
      'maxWaitMs must be a finite number of milliseconds >= 0, got Infinity',
    ],
    [
      { limit: 1, burst: 2, algorithm: 'sliding-window' as const },
      'burst must be absent with a sliding window, got 2',
    ],
    [
      { limit: 1, algorithm: 'fixed' as 'smooth' },
      "algorithm must be one of 'token-bucket', 'sliding-window', 'smooth', got 'fixed'",
    ],
  ])('refuses %j', (chosen, message) => {
    expect(() => new RateLimit(chosen)).toThrow(message)
  })
})
