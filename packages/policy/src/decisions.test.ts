import { expect, it } from 'vitest'
import { CircuitBreaker, constant, Retry, STOP_ATTEMPTS, stopReason, type Refusal } from './decisions.js'
import { seededRandom } from './testing/index.js'

it('a driver without promises, timers or a clock: a circuit breaker by hand', () => {
  const breaker = new CircuitBreaker(
    { window: { calls: 4 }, minimumCalls: 4, failureRate: 0.5, openForMs: 1_000, halfOpenCalls: 1 },
    seededRandom(1),
  )
  let now = 0
  for (let call = 0; call < 4; call += 1) {
    const permit = breaker.admit(now) as number
    now += 10
    breaker.settle(permit, now, 'failure', 10)
  }
  expect(breaker.state(now)).toBe('open')
  const refusal = breaker.admit(now + 400) as Refusal
  expect([refusal.code, refusal.retryAfterMs]).toEqual(['WT_CIRCUIT_OPEN', 600])
  now += 1_000
  const trial = breaker.admit(now) as number
  expect(breaker.state(now)).toBe('half-open')
  breaker.settle(trial, now + 5, 'success', 5)
  expect(breaker.state(now + 5)).toBe('closed')
})

it('and a retry: the driver waits, in whatever time is its own', () => {
  const retry = new Retry({ attempts: 3, backoff: constant({ ms: 100 }) }, seededRandom(1))
  const startedAt: number[] = []
  let now = 0
  let delayMs = 0
  for (let attempt = 1; delayMs >= 0; attempt += 1) {
    startedAt.push(now)
    now += 10
    delayMs = retry.next({ attempt, now, deadline: 1_000, previousDelayMs: delayMs })
    if (delayMs >= 0) now += delayMs
  }
  expect(startedAt).toEqual([0, 110, 220])
  expect([delayMs, stopReason(delayMs)]).toEqual([STOP_ATTEMPTS, 'attempts'])
})
