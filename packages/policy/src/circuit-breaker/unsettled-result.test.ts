import { expect, it } from 'vitest'
import type { Verdict } from '../outcome/verdict.js'
import { circuitBreaker } from './circuit-breaker-policy.js'
import { CircuitBreaker } from './circuit-breaker.js'

type Settle = (verdict: Verdict, failure?: unknown) => void

it('counts a result that is still unsettled when it is known how it counts, and not before', async () => {
  const settles: Settle[] = []
  const call = circuitBreaker({
    window: { calls: 10 },
    minimumCalls: 10,
    unsettled: (value) =>
      value === 'open' ? { whenSettled: (settle) => void settles.push(settle) } : undefined,
  })
  for (const value of ['open', 'open', 'open', 'done']) await call.execute(async () => value)
  expect(call.metrics).toMatchObject({ calls: 1, failures: 0 })
  settles[0]!('success')
  settles[1]!('failure', new Error('cut'))
  settles[2]!('ignored')
  expect(call.metrics).toMatchObject({ calls: 3, failures: 1 })
  settles[0]!('failure', new Error('cut late'))
  expect(call.metrics).toMatchObject({ calls: 4, failures: 2 })
})

it('keeps the place of a trial call until it is settled, and gives it back for one that says nothing', () => {
  const breaker = new CircuitBreaker({ consecutiveFailures: 1, openForMs: 100, halfOpenCalls: 1 }, () => 0)
  breaker.settle(breaker.admit(0) as number, 0, 'failure', 0)
  const trial = breaker.answered(breaker.admit(100) as number, 100)
  expect(typeof breaker.admit(110)).not.toBe('number')
  breaker.settle(trial, 120, 'ignored', 20)
  const next = breaker.answered(breaker.admit(130) as number, 130)
  breaker.settle(next, 140, 'success', 0)
  expect(breaker.state(140)).toBe('closed')
  breaker.relapse(next, 150, 'of a former epoch')
  expect(breaker.metrics(150).calls).toBe(0)
})

it('takes a trial call that fails after all for a failure in place of its success', () => {
  const options = { consecutiveFailures: 1, openForMs: 100, halfOpenCalls: 2, halfOpenMaxMs: 1_000 }
  const breaker = new CircuitBreaker(options, () => 0)
  breaker.settle(breaker.admit(0) as number, 0, 'failure', 0)
  const [first, second] = [breaker.admit(100) as number, breaker.admit(100) as number]
  breaker.settle(first, 110, 'success', 10)
  breaker.relapse(first, 120, 'cut late')
  breaker.settle(second, 130, 'failure', 30)
  expect(breaker.state(130)).toBe('open')
})

it('takes the time of an unsettled result from its start to the result, however long the rest takes', () => {
  const slowCalls = { overMs: 80, rate: 1 }
  const breaker = new CircuitBreaker({ window: { calls: 2 }, minimumCalls: 2, slowCalls }, () => 0)
  for (const at of [0, 1_000]) {
    const kept = breaker.answered(breaker.admit(at) as number, at + 10)
    breaker.settle(kept, at + 500, 'success', 10)
  }
  expect(breaker.metrics(2_000)).toMatchObject({ calls: 2, slow: 0 })
})

it.each([
  ['fails', []],
  ['fails after it had succeeded', ['success']],
] as const)(
  'tells with the state that a result has opened which %s what that failed with',
  async (_how, first) => {
    const settles: Settle[] = []
    const call = circuitBreaker({
      consecutiveFailures: 1,
      unsettled: () => ({ whenSettled: (settle) => void settles.push(settle) }),
    })
    const states: unknown[] = []
    call.on('state', (event) => states.push(event))
    await call.execute(async () => 'open')
    for (const verdict of first) settles[0]!(verdict)
    const cut = new Error('cut')
    settles[0]!('failure', cut)
    expect(states).toMatchObject([{ to: 'open', error: cut }])
  },
)
