import { describe, expect, it } from 'vitest'
import { CircuitBreaker } from './circuit-breaker.js'
import type { CircuitBreakerOptions } from './circuit-breaker-options.js'

function opened(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const defaults = { consecutiveFailures: 1, openForMs: 1_000, halfOpenMaxMs: 500, halfOpenCalls: 1 }
  const breaker = new CircuitBreaker({ ...defaults, ...options }, () => 0)
  breaker.settle(permitOf(breaker, 0), 0, 'failure', 0)
  return breaker
}

function permitOf(breaker: CircuitBreaker, now: number): number {
  const permit = breaker.admit(now)
  if (typeof permit !== 'number') throw permit.toError()
  return permit
}

describe('permits carry an epoch (rule 1)', () => {
  it.each(['failure', 'success'] as const)('a stale %s does not decide during a trial call', (verdict) => {
    const breaker = new CircuitBreaker(
      { consecutiveFailures: 1, openForMs: 1_000, halfOpenCalls: 1 },
      () => 0,
    )
    const stale = permitOf(breaker, 0)
    breaker.settle(permitOf(breaker, 0), 0, 'failure', 0)
    const trial = permitOf(breaker, 1_000)
    breaker.settle(stale, 1_001, verdict, 1_001)
    expect(breaker.state(1_001)).toBe('half-open')
    breaker.settle(trial, 1_002, 'success', 2)
    expect(breaker.state(1_002)).toBe('closed')
  })

  it('a trial call of the last cycle does not decide in this one', () => {
    const breaker = opened()
    const hung = permitOf(breaker, 1_000)
    permitOf(breaker, 2_500)
    breaker.settle(hung, 2_501, 'success', 1_501)
    expect(breaker.state(2_501)).toBe('half-open')
  })

  it('a failure from before a forced change does not count after it', () => {
    const breaker = new CircuitBreaker({ consecutiveFailures: 1 }, () => 0)
    const stale = permitOf(breaker, 0)
    breaker.force('closed', 1)
    breaker.force(undefined, 2)
    breaker.settle(stale, 3, 'failure', 3)
    expect(breaker.state(3)).toBe('closed')
  })

  it('a failure from before 70,000 changes of state does not count after them', () => {
    const breaker = new CircuitBreaker({ consecutiveFailures: 1 }, () => 0)
    const stale = permitOf(breaker, 0)
    for (let round = 0; round < 35_000; round++) {
      breaker.force('closed', round)
      breaker.force(undefined, round)
    }
    expect(permitOf(breaker, 35_000)).toBeGreaterThan(0)
    breaker.settle(stale, 35_000, 'failure', 35_000)
    expect(breaker.state(35_000)).toBe('closed')
  })
})

describe('three outcomes (rule 2)', () => {
  it('cancellations by users do not open a healthy circuit', () => {
    const breaker = new CircuitBreaker({ consecutiveFailures: 1 }, () => 0)
    for (let index = 0; index < 100; index++) breaker.settle(permitOf(breaker, 0), 0, 'ignored', 0)
    expect(breaker.state(0)).toBe('closed')
    expect(breaker.metrics(0).calls).toBe(0)
  })

  it('a cancelled trial call neither closes nor opens the circuit, and gives its place back', () => {
    const breaker = opened()
    breaker.settle(permitOf(breaker, 1_000), 1_010, 'ignored', 10)
    expect(breaker.state(1_010)).toBe('half-open')
    breaker.settle(permitOf(breaker, 1_020), 1_030, 'success', 10)
    expect(breaker.state(1_030)).toBe('closed')
  })

  it('a cancelled trial call does not keep callers out after the deadline either', () => {
    const breaker = opened()
    breaker.settle(permitOf(breaker, 1_000), 1_010, 'ignored', 10)
    permitOf(breaker, 90_000)
    expect(breaker.state(90_000)).toBe('half-open')
    expect(breaker.state(90_500)).toBe('open')
  })

  it('a long call that the user gave up counts as slow no more', () => {
    const options = { window: { calls: 5 }, minimumCalls: 2, slowCalls: { overMs: 100, rate: 1 } }
    const breaker = new CircuitBreaker(options, () => 0)
    const permit = permitOf(breaker, 0)
    expect(breaker.metrics(200).slow).toBe(1)
    breaker.settle(permit, 200, 'ignored', 200)
    expect(breaker.metrics(200)).toMatchObject({ calls: 0, slow: 0 })
  })
})

describe('a trial call has a deadline (rule 3)', () => {
  it('a hung trial call opens the circuit again, from the deadline on', () => {
    const breaker = opened()
    permitOf(breaker, 1_000)
    const refusal = breaker.admit(1_700)
    expect(refusal).toMatchObject({ state: 'open', retryAfterMs: 800 })
  })

  it('a hung trial call does not refuse for ever', () => {
    const breaker = opened()
    permitOf(breaker, 1_000)
    breaker.settle(permitOf(breaker, 5_000), 5_001, 'success', 1)
    expect(breaker.state(5_001)).toBe('closed')
  })

  it('what has settled decides at the deadline', () => {
    for (const [verdict, state] of [
      ['success', 'closed'],
      ['failure', 'open'],
    ] as const) {
      const breaker = opened({ halfOpenCalls: 3, failureRate: 0.6 })
      const trial = permitOf(breaker, 1_000)
      permitOf(breaker, 1_000)
      breaker.settle(trial, 1_001, verdict, 1)
      expect(breaker.state(1_499)).toBe('half-open')
      expect(breaker.state(1_500)).toBe(state)
    }
  })

  it('the late result of a trial call is stale', () => {
    const breaker = opened()
    const trial = permitOf(breaker, 1_000)
    breaker.settle(trial, 1_500, 'success', 500)
    expect(breaker.state(1_500)).toBe('open')
  })

  it('the late failure of a trial call counts nowhere, and is no cause of a refusal', () => {
    const breaker = opened()
    const calls = breaker.metrics(0).calls
    const trial = permitOf(breaker, 1_000)
    breaker.settle(trial, 1_500, 'failure', 500, new Error('late'))
    expect(breaker.metrics(1_500).calls).toBe(calls)
    expect(breaker.refusal(1_501)?.cause).toBeUndefined()
  })

  it('calls that hang count as slow at the deadline', () => {
    const slowCalls = { overMs: 400, rate: 0.6 }
    const breaker = opened({
      window: { calls: 1 },
      consecutiveFailures: undefined,
      halfOpenCalls: 4,
      slowCalls,
    })
    const trial = permitOf(breaker, 1_000)
    permitOf(breaker, 1_000)
    permitOf(breaker, 1_000)
    breaker.settle(trial, 1_001, 'success', 1)
    expect(breaker.state(1_499)).toBe('half-open')
    expect(breaker.state(1_500)).toBe('open')
  })
})

it('four failures from an hour ago and a new one do not open a five second window (rule 4)', () => {
  const options = { window: { durationMs: 5_000 }, minimumCalls: 5, failureRate: 0.5 }
  const breaker = new CircuitBreaker(options, () => 0)
  for (let index = 0; index < 4; index++) breaker.settle(permitOf(breaker, 0), 0, 'failure', 0)
  const anHourLater = 3_600_000
  breaker.settle(permitOf(breaker, anHourLater), anHourLater, 'failure', 0)
  expect(breaker.state(anHourLater)).toBe('closed')
  expect(breaker.metrics(anHourLater)).toMatchObject({ calls: 1, failures: 1 })
})

it.each([0, 0.25, 1e12])('works on a monotonic clock that starts at %d (rule 5)', (origin) => {
  const breaker = new CircuitBreaker({ window: { durationMs: 100 }, minimumCalls: 1, openForMs: 50 }, () => 0)
  breaker.settle(permitOf(breaker, origin), origin, 'failure', 0)
  expect(breaker.admit(origin + 49)).toMatchObject({ state: 'open', retryAfterMs: 1 })
  expect(typeof breaker.admit(origin + 50)).toBe('number')
})

it('becomes half-open by the next call and not by a timer (rule 10)', () => {
  const breaker = opened()
  expect(breaker.state(100_000)).toBe('open')
  permitOf(breaker, 100_000)
  expect(breaker.state(100_000)).toBe('half-open')
})

it('the first failures do not trip a default breaker (rule 12)', () => {
  const breaker = new CircuitBreaker({}, () => 0)
  for (let index = 0; index < 9; index++) breaker.settle(permitOf(breaker, 0), 0, 'failure', 0)
  expect(breaker.state(0)).toBe('closed')
  breaker.settle(permitOf(breaker, 0), 0, 'failure', 0)
  expect(breaker.state(0)).toBe('open')
})

it('a thousand callers at once get no more than the trial calls (rule 15)', () => {
  const breaker = opened({ halfOpenCalls: 5 })
  const answers = Array.from({ length: 1_000 }, () => breaker.admit(1_000))
  const permits = answers.filter((answer) => typeof answer === 'number')
  expect(permits).toHaveLength(5)
  const [first = 0] = permits
  // A trial call that settles frees no place: its result is already one of the five.
  breaker.settle(first, 1_001, 'success', 1)
  expect(breaker.admit(1_001)).toMatchObject({ state: 'half-open' })
})

it('a permit settled again adds no trial result', () => {
  const breaker = opened({ halfOpenCalls: 3 })
  const trial = permitOf(breaker, 1_000)
  for (let index = 0; index < 3; index++) breaker.settle(trial, 1_001, 'success', 1)
  expect(breaker.metrics(1_001).calls).toBe(1)
})
