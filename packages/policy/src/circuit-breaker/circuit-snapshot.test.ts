import { describe, expect, it } from 'vitest'
import { CircuitBreaker } from './circuit-breaker.js'
import type { CircuitBreakerOptions } from './circuit-breaker-options.js'
import type { CircuitSnapshot } from './circuit-snapshot.js'

const options: CircuitBreakerOptions = {
  window: { calls: 4 },
  minimumCalls: 4,
  openForMs: 10_000,
  halfOpenCalls: 1,
}
const wall = 1_700_000_000_000

function breakerOf(given: CircuitBreakerOptions = options): CircuitBreaker {
  return new CircuitBreaker(given, () => 0)
}

function calls(breaker: CircuitBreaker, now: number, pattern: string): void {
  for (const letter of pattern) {
    const permit = breaker.admit(now)
    if (typeof permit !== 'number') throw permit.toError()
    breaker.settle(permit, now, letter === 'x' ? 'failure' : 'success', 0)
  }
}

/** The same circuit in another process, whose monotonic clock starts anywhere. */
function moved(from: CircuitBreaker, now: number, later: number, elapsedMs: number): CircuitBreaker {
  const json = JSON.stringify(from.snapshot(now, wall))
  const breaker = breakerOf()
  breaker.restore(JSON.parse(json) as CircuitSnapshot, later, wall + elapsedMs)
  return breaker
}

describe('a restored circuit', () => {
  it.each([
    [3_000, 5_000],
    [8_000, undefined],
    [1e9, undefined],
    [-60_000, 8_000],
  ])('that was open is so for what is left after %d ms by the wall clock', (elapsedMs, left) => {
    const breaker = breakerOf()
    calls(breaker, 500, 'xxxx')
    const restored = moved(breaker, 2_500, 7, elapsedMs)
    expect(restored.state(7)).toBe('open')
    const answer = restored.admit(7)
    if (left === undefined) expect(typeof answer).toBe('number')
    else expect(answer).toMatchObject({ state: 'open', retryAfterMs: left })
  })

  it('that was half-open tries again at once', () => {
    const breaker = breakerOf()
    calls(breaker, 0, 'xxxx')
    breaker.admit(10_000)
    const restored = moved(breaker, 10_000, 0, 0)
    expect(restored.state(0)).toBe('open')
    calls(restored, 0, '.')
    expect(restored.state(0)).toBe('closed')
  })

  it('that was closed knows the calls of its window', () => {
    const breaker = breakerOf()
    calls(breaker, 0, '.x.')
    const restored = moved(breaker, 0, 0, 1_000)
    expect(restored.metrics(0)).toMatchObject({ calls: 3, failures: 1 })
    calls(restored, 0, 'x')
    expect(restored.state(0)).toBe('open')
  })

  it.each(['open', 'closed', 'observe'] as const)('that was forced %s still is', (force) => {
    const breaker = breakerOf()
    breaker.force(force, 0)
    expect(moved(breaker, 0, 0, 0).state(0)).toBe(breaker.state(0))
  })

  it('grows its time in state open from where it was', () => {
    const growing: CircuitBreakerOptions = {
      consecutiveFailures: 1,
      openForMs: 100,
      openGrowth: { jitter: 'none' },
      halfOpenCalls: 1,
    }
    const breaker = breakerOf(growing)
    calls(breaker, 0, 'x')
    const restored = breakerOf(growing)
    restored.restore(breaker.snapshot(0, wall), 0, wall)
    calls(restored, 100, 'x')
    expect(restored.admit(100)).toMatchObject({ retryAfterMs: 200 })
  })

  it.each(['open', 'closed'] as const)(
    'takes over that it was %s from what a former version stored of failures in a row, and counts anew',
    (state) => {
      const breaker = breakerOf({ consecutiveFailures: 3, openForMs: 10_000, halfOpenCalls: 1 })
      const window: unknown = { kind: 'consecutive', failures: 2 }
      const stored = { version: 1, state, takenAtWallMs: wall, openRemainingMs: 4_000, openings: 1, window }
      breaker.restore(stored as CircuitSnapshot, 0, wall)
      expect(breaker.state(0)).toBe(state)
      if (state === 'open') expect(breaker.admit(0)).toMatchObject({ retryAfterMs: 4_000 })
      else expect(breaker.metrics(0)).toMatchObject({ calls: 0, failures: 0 })
    },
  )

  it('counts nothing that was in flight before, and reports the change once', () => {
    const breaker = breakerOf({ consecutiveFailures: 1 })
    const stale = breaker.admit(0) as number
    const reported: unknown[] = []
    breaker.onTransition = (transition) => reported.push(transition)
    breaker.restore(breaker.snapshot(0, wall), 0, wall)
    breaker.settle(stale, 1, 'failure', 1)
    expect(breaker.state(1)).toBe('closed')
    expect(reported).toEqual([])
    breaker.restore({ ...breaker.snapshot(1, wall), state: 'forced-open' }, 2, wall)
    expect(reported).toEqual([{ from: 'closed', to: 'forced-open', trigger: 'restored-forced-open', at: 2 }])
  })

  it('is never open for longer than its own options allow', () => {
    const breaker = breakerOf()
    breaker.restore({ ...breaker.snapshot(0, wall), state: 'open', openRemainingMs: 1e12 }, 0, wall)
    expect(breaker.admit(0)).toMatchObject({ retryAfterMs: 10_000 })
  })
})

it.each([
  [{ version: 2 }, 'version must be 1, got 2'],
  [
    { state: 'ajar' },
    "state must be one of 'closed', 'open', 'half-open', 'forced-open', 'forced-closed', 'observe', got 'ajar'",
  ],
  [{ openRemainingMs: -1 }, 'openRemainingMs must be a finite number of milliseconds >= 0, got -1'],
  [{ takenAtWallMs: null }, 'takenAtWallMs must be a finite number >= 0, got null'],
  [{ openings: 0.5 }, 'openings must be an integer >= 0, got 0.5'],
  [{ more: 1 }, "unknown option 'more'"],
  [{ window: undefined }, 'window must be an object, got undefined'],
  [{ window: { kind: 'count', recent: '0129' } }, 'window must be as snapshot() gave it'],
  [{ window: { kind: 'none', failures: 1 } }, 'window must be as snapshot() gave it'],
  [{ window: { kind: 'time', buckets: [[0, 1, 2, 0]] } }, 'window must be as snapshot() gave it'],
  [{ window: { kind: 'time', buckets: [[0, 1]] } }, 'window must be as snapshot() gave it'],
  [
    { window: { kind: 'time', buckets: Array.from({ length: 21 }, () => [0, 1, 1, 1]) } },
    'window must be as snapshot() gave it',
  ],
])('refuses a snapshot of a wrong shape and stays as it is: %j', (wrong, message) => {
  const breaker = breakerOf()
  calls(breaker, 0, 'x.')
  const snapshot = { ...breaker.snapshot(0, wall), ...wrong } as unknown as CircuitSnapshot
  expect(() => breaker.restore(snapshot, 0, wall)).toThrow(
    `cannot create circuit breaker from snapshot: ${message}`,
  )
  expect(breaker.metrics(0)).toMatchObject({ calls: 2, failures: 1 })
})

describe('a reconfigured circuit', () => {
  it('keeps the newest calls of its window and trips by the new rate', () => {
    const breaker = breakerOf({ window: { calls: 10 }, minimumCalls: 10 })
    calls(breaker, 0, 'xx..x.')
    breaker.reconfigure({ window: { calls: 4 }, minimumCalls: 4, failureRate: 0.25 }, 0)
    expect(breaker.metrics(0)).toMatchObject({ calls: 4, failures: 1 })
    calls(breaker, 0, '.')
    expect(breaker.state(0)).toBe('open')
  })

  it('keeps the calls of a time window at their age', () => {
    const breaker = breakerOf({ window: { durationMs: 1_000 } })
    calls(breaker, 100, 'x')
    calls(breaker, 900, '..')
    breaker.reconfigure({ window: { durationMs: 400 } }, 900)
    expect(breaker.metrics(900)).toMatchObject({ calls: 2, failures: 0 })
    expect(breaker.metrics(1_400).calls).toBe(0)
  })

  it('stays open for the time that had begun', () => {
    const breaker = breakerOf()
    calls(breaker, 0, 'xxxx')
    breaker.reconfigure({ ...options, openForMs: 50 }, 0)
    expect(breaker.admit(0)).toMatchObject({ retryAfterMs: 10_000 })
  })

  it('counts calls in flight once across every change of slowCalls', () => {
    const slow = (overMs: number): CircuitBreakerOptions => ({ ...options, slowCalls: { overMs, rate: 1 } })
    const breaker = breakerOf(options)
    const permits: number[] = []
    for (const next of [slow(100), options, slow(100), slow(50)]) {
      permits.push(breaker.admit(0) as number)
      breaker.reconfigure(next, 0)
    }
    permits.push(breaker.admit(0) as number)
    expect(breaker.metrics(60)).toMatchObject({ calls: 1, slow: 1 })
    for (const permit of permits.slice(0, 3)) breaker.settle(permit, 60, 'success', 40)
    expect(breaker.metrics(60)).toMatchObject({ calls: 4, slow: 1 })
    for (const permit of permits.slice(3)) breaker.settle(permit, 60, 'success', 60)
    expect(breaker.metrics(60)).toMatchObject({ calls: 4, slow: 2 })
  })

  it('refuses bad options and stays as it is', () => {
    const breaker = breakerOf()
    expect(() => breaker.reconfigure({ openForMs: 0 }, 0)).toThrow('openForMs')
    calls(breaker, 0, 'xxxx')
    expect(breaker.admit(0)).toMatchObject({ retryAfterMs: 10_000 })
  })
})
