import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Verdict } from '../outcome/verdict.js'
import { concurrencyBudget } from './concurrency-budget.js'
import { retryBudget } from './ratio-budget.js'
import { FIRST_TRY, FURTHER_TRY, type RetryBudget } from './retry-budget.js'
import { tokenBudget } from './token-budget.js'

function grants(budget: RetryBudget, now: number): boolean {
  return budget.admit(now) === FURTHER_TRY
}

/** How many further tries are granted, one after the other. */
function withdrawAll(budget: RetryBudget, now: number): number {
  let granted = 0
  while (granted < 10_000 && grants(budget, now)) granted += 1
  return granted
}

function start(budget: RetryBudget, calls: number, now: number = 0): void {
  for (let call = 0; call < calls; call++) budget.start(now)
}

const verdict = fc.constantFrom<Verdict>('success', 'failure', 'ignored')
const event = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('start' as const) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('end' as const), verdict }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('withdraw' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('return' as const), verdict }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('tick' as const), ms: fc.integer({ min: 1, max: 400 }) }),
  },
)

/** Plays events as a correct driver would, and shows each granted further try to `granted`. */
function play(
  budget: RetryBudget,
  events: readonly (typeof event extends fc.Arbitrary<infer T> ? T : never)[],
  granted: (state: {
    now: number
    starts: number[]
    withdrawals: number[]
    first: number
    further: number
  }) => void,
): void {
  const state = { now: 0, starts: [] as number[], withdrawals: [] as number[], first: 0, further: 0 }
  for (const each of events) {
    if (each.kind === 'tick') state.now += each.ms
    else if (each.kind === 'start') {
      budget.start(state.now)
      state.starts.push(state.now)
      state.first += 1
    } else if (each.kind === 'end' && state.first > 0) {
      budget.settle(FIRST_TRY, state.now, each.verdict, 0)
      state.first -= 1
    } else if (each.kind === 'return' && state.further > 0) {
      budget.settle(FURTHER_TRY, state.now, each.verdict, 0)
      state.further -= 1
    } else if (each.kind === 'withdraw') {
      const expected = budget.remaining(state.now) > 0
      expect(grants(budget, state.now)).toBe(expected)
      if (!expected) continue
      state.withdrawals.push(state.now)
      state.further += 1
      granted(state)
    }
  }
}

describe('retry budget by ratio', () => {
  it('grants a fifth of the calls, plus three a second over ten seconds', () => {
    const budget = retryBudget()
    expect(withdrawAll(budget, 0)).toBe(30)
    start(budget, 50)
    expect(budget.remaining(0)).toBe(10)
    expect(withdrawAll(budget, 0)).toBe(10)
    expect(grants(budget, 0)).toBe(false)
  })

  it('counts in whole tries whatever the ratio is in binary', () => {
    for (const ratio of [0.1, 0.2, 0.29, 0.3, 0.7]) {
      const budget = retryBudget({ ratio, minimumPerSecond: 0 })
      start(budget, 100)
      expect(withdrawAll(budget, 0)).toBe(Math.round(ratio * 100))
    }
  })

  it('forgets calls and further tries after its ttl, idle or not', () => {
    const budget = retryBudget({ ratio: 0.5, minimumPerSecond: 0, ttlMs: 1_000 })
    start(budget, 10, 50)
    expect(budget.remaining(999)).toBe(5)
    expect(budget.remaining(1_000)).toBe(0)
    start(budget, 10, 5_000)
    expect(withdrawAll(budget, 5_000)).toBe(5)
    start(budget, 10, 5_900)
    expect(budget.remaining(5_900)).toBe(5)
    expect(budget.remaining(6_000)).toBe(5)
    expect(budget.remaining(3_600_000)).toBe(0)
  })

  it('works from any start of the clock', () => {
    for (const beginning of [-7_777.5, 0, 1e12]) {
      const budget = retryBudget({ ratio: 1, minimumPerSecond: 1, ttlMs: 1_000 })
      budget.start(beginning)
      expect(withdrawAll(budget, beginning)).toBe(2)
      expect(withdrawAll(budget, beginning + 899)).toBe(0)
      expect(withdrawAll(budget, beginning + 1_000)).toBe(1)
    }
  })

  it('grants nothing at ratio 0 without a minimum', () => {
    const budget = retryBudget({ ratio: 0, minimumPerSecond: 0 })
    start(budget, 1_000)
    expect(grants(budget, 0)).toBe(false)
  })

  it('never exceeds its bound over the window, in any interleaving', () => {
    const options = fc.record({
      ratio: fc.constantFrom(0, 0.1, 0.2, 0.5, 1),
      minimumPerSecond: fc.constantFrom(0, 1, 3),
      ttlMs: fc.constantFrom(1_000, 2_500),
    })
    fc.assert(
      fc.property(options, fc.array(event, { maxLength: 120 }), (chosen, events) => {
        play(retryBudget(chosen), events, ({ now, starts, withdrawals }) => {
          // The naive model keeps every call: what counts is the current tenth of the ttl and the nine before it.
          const width = chosen.ttlMs / 10
          const oldest = (Math.floor(now / width) - 9) * width
          const recent = (times: readonly number[]) => times.filter((time) => time >= oldest).length
          const bound = chosen.ratio * recent(starts) + (chosen.minimumPerSecond * chosen.ttlMs) / 1_000
          expect(recent(withdrawals)).toBeLessThanOrEqual(bound + 1e-6)
        })
      }),
    )
  })

  it('keeps its counts when only ratios change', () => {
    const budget = retryBudget({ ratio: 0.1, minimumPerSecond: 0 })
    start(budget, 100)
    budget.reconfigure({ ratio: 0.5, minimumPerSecond: 0 })
    expect(budget.remaining(0)).toBe(50)
    budget.reconfigure({ ratio: 0.5, minimumPerSecond: 0, ttlMs: 100 })
    expect(budget.remaining(0)).toBe(0)
  })

  it.each([
    [{ ratio: 1.1 }, 'cannot create retry budget: ratio must be a number from 0 to 1, got 1.1'],
    [{ ratio: NaN }, 'ratio must be a number from 0 to 1, got NaN'],
    [{ minimumPerSecond: -1 }, 'minimumPerSecond must be a finite number >= 0, got -1'],
    [{ ttlMs: 0 }, 'ttlMs must be an integer >= 10, got 0'],
    [{ ttlMs: Infinity }, 'ttlMs must be an integer >= 10, got Infinity'],
  ])('refuses %j', (options, message) => {
    expect(() => retryBudget(options)).toThrow(message)
  })
})

describe('retry budget by tokens', () => {
  it('stops at half: ten tokens bear five failures, ten successes buy one back', () => {
    const budget = tokenBudget({ maxTokens: 10, tokenRatio: 0.1 })
    for (let failure = 0; failure < 4; failure++) budget.settle(FIRST_TRY, 0, 'failure', 0)
    expect([grants(budget, 0), budget.remaining(0)]).toEqual([true, 1])
    budget.settle(FURTHER_TRY, 0, 'failure', 0)
    expect([grants(budget, 0), budget.remaining(0)]).toEqual([false, 0])
    budget.settle(FIRST_TRY, 0, 'success', 0)
    expect(grants(budget, 0)).toBe(true)
  })

  it('stays between empty and full, and matches the rule of the proposal, in any interleaving', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1, 2, 10),
        fc.constantFrom(0.1, 0.5, 2),
        fc.array(verdict),
        (max, ratio, verdicts) => {
          const budget = tokenBudget({ maxTokens: max, tokenRatio: ratio })
          let thousandths = max * 1_000
          for (const each of verdicts) {
            budget.settle(FIRST_TRY, 0, each, 0)
            if (each === 'failure') thousandths = Math.max(0, thousandths - 1_000)
            if (each === 'success') thousandths = Math.min(max * 1_000, thousandths + ratio * 1_000)
            expect(grants(budget, 0)).toBe(thousandths > max * 500)
            expect(budget.remaining(0)).toBe(Math.max(0, Math.ceil(thousandths / 1_000 - max / 2)))
          }
        },
      ),
    )
  })

  it('keeps its tokens up to a new maximum', () => {
    const budget = tokenBudget({ maxTokens: 100 })
    budget.reconfigure({ maxTokens: 4 })
    expect(budget.remaining(0)).toBe(2)
  })

  it.each([
    [{ maxTokens: 0 }, 'cannot create token budget: maxTokens must be an integer >= 1 and <= 1000, got 0'],
    [{ tokenRatio: 0 }, 'cannot create token budget: tokenRatio must be a finite number > 0, got 0'],
  ])('refuses %j', (options, message) => {
    expect(() => tokenBudget(options)).toThrow(message)
  })
})

describe('retry budget by concurrency', () => {
  it('grants its minimum however few calls there are, and a fifth of what is in flight', () => {
    const budget = concurrencyBudget()
    expect(withdrawAll(budget, 0)).toBe(3)
    start(budget, 80)
    expect(withdrawAll(budget, 0)).toBe(17)
    expect(grants(budget, 0)).toBe(false)
    budget.settle(FURTHER_TRY, 0, 'failure', 0)
    expect(withdrawAll(budget, 0)).toBe(1)
    // One call less of 80, and 79 bear 19 further tries: one that is over makes no room.
    budget.settle(FIRST_TRY, 0, 'success', 0)
    budget.settle(FURTHER_TRY, 0, 'failure', 0)
    expect(grants(budget, 0)).toBe(false)
    budget.settle(FURTHER_TRY, 0, 'failure', 0)
    expect(withdrawAll(budget, 0)).toBe(1)
    for (let ended = 0; ended < 3; ended += 1) budget.settle(FIRST_TRY, 0, 'success', 0)
    budget.settle(FURTHER_TRY, 0, 'failure', 0)
    expect(grants(budget, 0)).toBe(true)
  })

  it('never has more further tries in flight than its bound when it grants one, in any interleaving', () => {
    const options = fc.record({
      ratio: fc.constantFrom(0, 0.2, 0.5, 0.9),
      minimum: fc.integer({ min: 0, max: 3 }),
    })
    fc.assert(
      fc.property(options, fc.array(event, { maxLength: 120 }), (chosen, events) => {
        play(concurrencyBudget(chosen), events, ({ first, further }) => {
          const bound = Math.max(chosen.minimum, chosen.ratio * (first + further))
          expect(further).toBeLessThanOrEqual(bound + 1e-6)
        })
      }),
    )
  })

  it('is unlimited at ratio 1, and grants nothing at ratio 0 without a minimum', () => {
    const unlimited = concurrencyBudget({ ratio: 1 })
    expect(unlimited.remaining(0)).toBe(Infinity)
    expect(withdrawAll(unlimited, 0)).toBe(10_000)
    const none = concurrencyBudget({ ratio: 0, minimum: 0 })
    start(none, 100)
    expect(grants(none, 0)).toBe(false)
  })

  it.each([
    [{ ratio: -0.1 }, 'cannot create concurrency budget: ratio must be a number from 0 to 1, got -0.1'],
    [{ minimum: 1.5 }, 'cannot create concurrency budget: minimum must be an integer >= 0, got 1.5'],
  ])('refuses %j', (options, message) => {
    expect(() => concurrencyBudget(options)).toThrow(message)
  })
})
