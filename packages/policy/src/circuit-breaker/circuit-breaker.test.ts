import { describe, expect, it } from 'vitest'
import type { Verdict } from '../outcome/verdict.js'
import { CircuitBreaker } from './circuit-breaker.js'
import type { CircuitBreakerOptions } from './circuit-breaker-options.js'
import type { CircuitTransition } from './transitions.js'
import { CircuitOpenError, type CircuitRefusal } from './errors.js'

const noJitter = (): number => 0

function breakerOf(options: CircuitBreakerOptions): CircuitBreaker {
  return new CircuitBreaker(options, noJitter)
}

function admitted(breaker: CircuitBreaker, now: number): number {
  const permit = breaker.admit(now)
  if (typeof permit !== 'number') throw permit.toError()
  return permit
}

function refused(breaker: CircuitBreaker, now: number): CircuitRefusal {
  const refusal = breaker.admit(now)
  if (typeof refusal === 'number') throw new Error(`cannot read refusal: call was admitted at ${now}`)
  return refusal
}

function call(breaker: CircuitBreaker, now: number, verdict: Verdict, durationMs: number = 0): void {
  breaker.settle(admitted(breaker, now - durationMs), now, verdict, durationMs)
}

function calls(breaker: CircuitBreaker, count: number, now: number, verdict: Verdict): void {
  for (let index = 0; index < count; index++) call(breaker, now, verdict)
}

function opened(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const breaker = breakerOf({ window: { calls: 2 }, openForMs: 1_000, halfOpenCalls: 2, ...options })
  calls(breaker, 2, 0, 'failure')
  expect(breaker.state(0)).toBe('open')
  return breaker
}

function recorded(breaker: CircuitBreaker): CircuitTransition[] {
  const transitions: CircuitTransition[] = []
  breaker.onTransition = (transition) => transitions.push(transition)
  return transitions
}

describe('a closed circuit', () => {
  it('opens when the failure rate is reached, and not below it', () => {
    const breaker = breakerOf({ window: { calls: 10 }, failureRate: 0.3 })
    calls(breaker, 8, 0, 'success')
    calls(breaker, 2, 0, 'failure')
    expect(breaker.state(0)).toBe('closed')
    expect(breaker.metrics(0)).toMatchObject({ calls: 10, failures: 2, failureRate: 0.2 })
    call(breaker, 0, 'failure')
    expect(breaker.state(0)).toBe('open')
    expect(breaker.metrics(0)).toMatchObject({ calls: 10, failures: 3 })
  })

  it('forgets the oldest call of a count window', () => {
    const breaker = breakerOf({ window: { calls: 4 }, minimumCalls: 4, failureRate: 0.5 })
    calls(breaker, 3, 0, 'success')
    call(breaker, 0, 'failure')
    calls(breaker, 4, 0, 'success')
    call(breaker, 0, 'failure')
    expect(breaker.metrics(0)).toMatchObject({ calls: 4, failures: 1 })
    expect(breaker.state(0)).toBe('closed')
  })

  it('opens after failures in a row, which a success interrupts', () => {
    const breaker = breakerOf({ consecutiveFailures: 3 })
    const transitions = recorded(breaker)
    calls(breaker, 2, 0, 'failure')
    call(breaker, 0, 'success')
    calls(breaker, 2, 0, 'failure')
    expect(breaker.state(0)).toBe('closed')
    call(breaker, 7, 'failure')
    expect(transitions).toEqual([{ from: 'closed', to: 'open', trigger: 'consecutive-failures', at: 7 }])
  })

  it('opens on slow calls that succeed', () => {
    const breaker = breakerOf({ window: { calls: 10 }, slowCalls: { overMs: 100, rate: 0.5 } })
    for (let index = 0; index < 5; index++) call(breaker, 1_000 + index, 'success', 100)
    for (let index = 0; index < 4; index++) call(breaker, 1_010 + index, 'success', 101)
    expect(breaker.metrics(1_020)).toMatchObject({ calls: 9, slow: 4, failures: 0 })
    call(breaker, 1_020, 'success', 101)
    expect(breaker.state(1_020)).toBe('open')
  })

  it('whose calls all hang opens on the next admission', () => {
    const breaker = breakerOf({ window: { calls: 10 }, slowCalls: { overMs: 100, rate: 1 } })
    for (let index = 0; index < 10; index++) admitted(breaker, index)
    expect(typeof breaker.admit(99)).toBe('number')
    expect(refused(breaker, 300).state).toBe('open')
  })

  it('counts a call that became slow in flight once', () => {
    const breaker = breakerOf({ window: { calls: 10 }, slowCalls: { overMs: 100, rate: 1 } })
    const permit = admitted(breaker, 0)
    const young = admitted(breaker, 190)
    expect(breaker.metrics(200)).toMatchObject({ calls: 1, slow: 1, failures: 0 })
    breaker.settle(permit, 210, 'failure', 210)
    expect(breaker.metrics(210)).toMatchObject({ calls: 1, slow: 1, failures: 1 })
    breaker.settle(young, 220, 'success', 30)
    expect(breaker.metrics(220)).toMatchObject({ calls: 2, slow: 1, slowRate: 0.5 })
  })
})

describe('an open circuit', () => {
  it('refuses with the exact time left', () => {
    const breaker = opened()
    const refusal = refused(breaker, 400)
    expect(refusal).toMatchObject({ code: 'WT_CIRCUIT_OPEN', state: 'open', retryAfterMs: 600 })
    const error = refusal.toError()
    expect(error).toBeInstanceOf(CircuitOpenError)
    expect(error).toMatchObject({ name: 'CircuitOpenError', code: 'WT_CIRCUIT_OPEN', retryAfterMs: 600 })
    expect(error.message).toBe('circuit is open, for 600 ms more')
  })

  it('stays open longer each time, up to the bound, and starts over after it has closed', () => {
    const breaker = opened({ failureRate: 1, openGrowth: { factor: 3, maxMs: 5_000, jitter: 'none' } })
    const waits = [refused(breaker, 0).retryAfterMs]
    let now = 0
    for (const verdict of ['failure', 'failure', 'failure', 'success', 'failure'] as const) {
      now += waits.at(-1) ?? 0
      calls(breaker, 2, now, verdict)
      // Once it has closed, the same failures open it as at first.
      if (verdict === 'success') calls(breaker, 2, now, 'failure')
      waits.push(refused(breaker, now).retryAfterMs)
    }
    expect(waits).toEqual([1_000, 3_000, 5_000, 5_000, 1_000, 3_000])
  })

  it.each([
    ['none', 0.5, 1_000],
    ['equal', 0, 500],
    ['equal', 0.5, 750],
    ['full', 0.25, 250],
  ] as const)('draws its time with jitter %s at %d', (jitter, drawn, expected) => {
    const options = { consecutiveFailures: 1, openForMs: 1_000, openGrowth: { jitter } }
    const breaker = new CircuitBreaker(options, () => drawn)
    call(breaker, 0, 'failure')
    expect(refused(breaker, 0).retryAfterMs).toBe(expected)
  })
})

it('grows the time in state open to ten times its first length when nothing else is said', () => {
  const openGrowth = { jitter: 'none' } as const
  const breaker = breakerOf({ consecutiveFailures: 1, openForMs: 1_000, openGrowth, halfOpenCalls: 1 })
  const waits: number[] = []
  let now = 0
  for (let opening = 0; opening < 6; opening += 1) {
    call(breaker, now, 'failure')
    const waitMs = refused(breaker, now).retryAfterMs!
    waits.push(waitMs)
    now += waitMs
  }
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
})

it('asks for ten calls of a window of time, however short the window is', () => {
  const breaker = breakerOf({ window: { durationMs: 5 } })
  calls(breaker, 9, 0, 'failure')
  expect(breaker.state(0)).toBe('closed')
  call(breaker, 0, 'failure')
  expect(breaker.state(0)).toBe('open')
})

describe('a half-open circuit', () => {
  it('closes as soon as success is certain', () => {
    const breaker = opened({ halfOpenCalls: 5, failureRate: 0.5 })
    calls(breaker, 2, 1_000, 'success')
    expect(breaker.state(1_000)).toBe('half-open')
    expect(breaker.metrics(1_000)).toMatchObject({ calls: 2, failures: 0 })
    call(breaker, 1_000, 'success')
    expect(breaker.state(1_000)).toBe('closed')
    expect(breaker.metrics(1_000).calls).toBe(0)
  })

  it('opens again as soon as failure is certain', () => {
    const breaker = opened({ halfOpenCalls: 5, failureRate: 0.5 })
    calls(breaker, 2, 1_000, 'failure')
    expect(breaker.state(1_000)).toBe('half-open')
    call(breaker, 1_000, 'failure')
    expect(refused(breaker, 1_000)).toMatchObject({ state: 'open', retryAfterMs: 1_000 })
  })

  it('refuses beyond its trial calls until they are decided', () => {
    const breaker = opened({ halfOpenMaxMs: 300 })
    admitted(breaker, 1_000)
    admitted(breaker, 1_000)
    expect(refused(breaker, 1_100)).toMatchObject({ state: 'half-open', retryAfterMs: 200 })
  })

  it('opens again on trial calls that are slow', () => {
    const breaker = opened({ slowCalls: { overMs: 50, rate: 0.5 } })
    const permit = admitted(breaker, 1_000)
    breaker.settle(permit, 1_060, 'success', 60)
    expect(breaker.state(1_060)).toBe('open')
  })

  it('opens again on trial calls that are slow and still in flight', () => {
    const breaker = opened({ slowCalls: { overMs: 50, rate: 0.5 } })
    const permit = admitted(breaker, 1_000)
    expect(breaker.state(1_100)).toBe('open')
    breaker.settle(permit, 1_200, 'success', 200)
    expect(breaker.state(1_200)).toBe('open')
  })
})

describe('a forced circuit', () => {
  it('refuses everything while held open, without a time to retry after', () => {
    const breaker = breakerOf({})
    breaker.force('open', 0)
    const refusal = refused(breaker, 1e9)
    expect(refusal).toMatchObject({ state: 'forced-open', retryAfterMs: undefined })
    expect(refusal.toError().message).toBe('circuit is forced open')
    breaker.force(undefined, 1e9)
    expect(breaker.state(1e9)).toBe('closed')
  })

  it('admits everything while held closed, and still counts', () => {
    const breaker = breakerOf({ window: { calls: 10 } })
    breaker.force('closed', 0)
    calls(breaker, 20, 0, 'failure')
    expect(breaker.state(0)).toBe('forced-closed')
    expect(breaker.metrics(0)).toMatchObject({ calls: 10, failures: 10 })
    breaker.force(undefined, 0)
    calls(breaker, 9, 0, 'failure')
    expect(breaker.state(0)).toBe('closed')
  })

  it('is not changed by the force it is under, or by letting go of none', () => {
    const breaker = breakerOf({})
    const transitions = recorded(breaker)
    breaker.force(undefined, 0)
    for (const state of ['open', 'open', 'closed', 'closed', 'observe', 'observe'] as const)
      breaker.force(state, 1)
    expect(transitions.map(({ to }) => to)).toEqual(['forced-open', 'forced-closed', 'observe'])
  })

  it('observes: goes through the whole cycle and refuses nobody', () => {
    const breaker = breakerOf({ window: { calls: 2 }, openForMs: 1_000, halfOpenCalls: 1, minimumCalls: 2 })
    const transitions = recorded(breaker)
    const told: unknown[] = []
    breaker.onWouldRefuse = ({ state, retryAfterMs }) => told.push([state, retryAfterMs])
    breaker.force('observe', 0)
    calls(breaker, 2, 10, 'failure')
    calls(breaker, 3, 20, 'failure')
    const trial = admitted(breaker, 1_010)
    calls(breaker, 2, 1_020, 'failure')
    breaker.settle(trial, 1_030, 'success', 20)
    expect(breaker.state(1_030)).toBe('observe')
    expect(breaker.metrics(1_030)).toMatchObject({ wouldHaveRefused: 5, calls: 0 })
    expect(told).toEqual([
      ['open', 990],
      ['open', 990],
      ['open', 990],
      ['half-open', 990],
      ['half-open', 990],
    ])
    expect(transitions.map(({ from, to, trigger, at }) => `${at} ${from} ${to} ${trigger}`)).toEqual([
      '0 closed observe force-observe',
      '10 observe observe failure-rate',
      '1010 observe observe wait-over',
      '1030 observe observe trials-succeeded',
    ])
    breaker.force('open', 2_000)
    breaker.force('observe', 3_000)
    expect(breaker.metrics(3_000).wouldHaveRefused).toBe(0)
  })
})

it('reports a transition when the new state is already in force', () => {
  const breaker = breakerOf({ consecutiveFailures: 1 })
  const seen: string[] = []
  breaker.onTransition = ({ to, at }) => seen.push(`${to} ${breaker.state(at)}`)
  call(breaker, 0, 'failure')
  expect(seen).toEqual(['open open'])
})

describe('the refusal of a circuit', () => {
  const broken = new Error('certificate expired')

  it('tells whose circuit it is, for how long, and what failed last', () => {
    const breaker = breakerOf({ name: 'payment', consecutiveFailures: 1, openForMs: 12_000 })
    breaker.settle(admitted(breaker, 0), 0, 'failure', 0, broken)
    const refusal = refused(breaker, 0)
    expect(refusal).toMatchObject({ circuit: 'payment', cause: broken })
    expect(refusal.toError()).toMatchObject({
      message: 'circuit of payment is open, for 12 s more; last failure: certificate expired',
      circuit: 'payment',
      cause: broken,
      state: 'open',
      retryAfterMs: 12_000,
    })
    expect(refused(breaker, 10_549.5).toError().message).toMatch(/, for 1.5 s more; /)
    expect(refused(breaker, 11_000.5).toError().message).toMatch(/, for 1000 ms more; /)
    expect(refused(breaker, 11_001).toError().message).toMatch(/, for 999 ms more; /)
  })

  it('names a new name from then on, and no cause once the circuit has closed', () => {
    const breaker = breakerOf({ consecutiveFailures: 1, openForMs: 100, halfOpenCalls: 1 })
    breaker.settle(admitted(breaker, 0), 0, 'failure', 0, broken)
    breaker.reconfigure({ name: 'tax', consecutiveFailures: 1, openForMs: 100, halfOpenCalls: 1 }, 0)
    const trial = admitted(breaker, 100)
    expect(refused(breaker, 150).toError().message).toBe(
      'circuit of tax is half-open, for at most 50 ms more; last failure: certificate expired',
    )
    breaker.settle(trial, 160, 'success', 60)
    breaker.force('open', 170)
    const error = refused(breaker, 170).toError()
    expect([error.message, 'cause' in error]).toEqual(['circuit of tax is forced open', false])
  })

  it('carries only failures that count, whatever they are', () => {
    const breaker = breakerOf({ consecutiveFailures: 1 })
    breaker.settle(admitted(breaker, 0), 0, 'success', 0, 'ok')
    breaker.settle(admitted(breaker, 0), 0, 'ignored', 0, 'gone')
    breaker.settle(admitted(breaker, 0), 0, 'failure', 0, 503)
    expect(refused(breaker, 0).toError().message).toBe('circuit is open, for 30 s more; last failure: 503')
    breaker.settle(1, 0, 'failure', 0, 'of a former epoch')
    expect(refused(breaker, 0).cause).toBe(503)
  })

  it('is known before a call is prepared, exactly when every call would be refused', () => {
    const breaker = breakerOf({ name: 'payment', consecutiveFailures: 1, openForMs: 100, halfOpenCalls: 1 })
    expect([breaker.refuses, breaker.refusal(0)]).toEqual([false, undefined])
    breaker.settle(admitted(breaker, 0), 0, 'failure', 0, broken)
    expect(breaker.refuses).toBe(true)
    expect(breaker.refusal(40)).toEqual(refused(breaker, 40))
    expect(breaker.refusal(40)).toMatchObject({ state: 'open', retryAfterMs: 60, cause: broken })
    expect(breaker.refusal(100)).toBeUndefined()
    admitted(breaker, 100)
    expect([breaker.refuses, breaker.refusal(101)]).toEqual([false, undefined])
    breaker.force('open', 101)
    expect(breaker.refusal(1e9)).toMatchObject({ state: 'forced-open', retryAfterMs: undefined })
    breaker.force('observe', 102)
    breaker.settle(admitted(breaker, 102), 102, 'failure', 0, broken)
    expect(breaker.refusal(102)).toBeUndefined()
  })
})
