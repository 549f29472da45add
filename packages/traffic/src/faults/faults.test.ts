import { OptionError } from '@watertight/policy'
import { seededRandom } from '@watertight/policy/testing'
import { describe, expect, it } from 'vitest'
import type { FaultRule } from './fault-rule.js'
import { Faults } from './faults.js'

const charge = { method: 'POST', path: '/charges?dry=1' }

function faultsOf(...rules: FaultRule[]): Faults {
  const faults = new Faults(seededRandom(7))
  faults.inject(rules, 1_000)
  return faults
}

describe('faults', () => {
  it('strike nobody until they are put in force, nor once they are cleared', () => {
    const faults = new Faults(seededRandom(1))
    expect(faults.strike(0, charge)).toBeUndefined()
    faults.inject([{ end: 503 }], 0)
    expect(faults.strike(0, charge)).toEqual({ delayMs: 0, end: 503, when: 'before' })
    faults.clear()
    expect(faults.strike(0, charge)).toBeUndefined()
  })

  it('strike the requests that they name', () => {
    const faults = faultsOf(
      { requests: 'POST /charges', end: 'reset' },
      { requests: '/orders/:id', delay: 50 },
    )
    expect(faults.strike(1_000, charge)?.end).toBe('reset')
    expect(faults.strike(1_000, { method: 'GET', path: '/charges' })).toBeUndefined()
    expect(faults.strike(1_000, { method: 'PUT', path: '/orders/7' })).toMatchObject({
      delayMs: 50,
      end: undefined,
    })
  })

  it('strike a share of them, the same one for the same seed', () => {
    const struck = (): boolean[] => {
      const faults = faultsOf({ share: 0.25, end: 500 })
      return Array.from({ length: 4_000 }, () => faults.strike(1_000, charge) !== undefined)
    }
    const first = struck()
    expect(first.filter(Boolean).length / first.length).toBeCloseTo(0.25, 1)
    expect(struck()).toEqual(first)
  })

  it('strike the first calls and no more', () => {
    const faults = faultsOf({ times: 2, end: 503 })
    const ends = [1, 2, 3].map(() => faults.strike(1_000, charge)?.end)
    expect(ends).toEqual([503, 503, undefined])
    expect(faults.inForce(1_000)).toEqual([])
  })

  it('end by themselves when their time is over', () => {
    const rule = { forMs: 500, end: 503 }
    const faults = faultsOf(rule)
    expect(faults.inForce(1_200)).toEqual([{ rule, leftMs: 300, struck: 0 }])
    expect(faults.strike(1_499, charge)?.end).toBe(503)
    expect(faults.inForce(1_499)).toEqual([{ rule, leftMs: 1, struck: 1 }])
    expect(faults.strike(1_500, charge)).toBeUndefined()
    expect(faults.inForce(1_500)).toEqual([])
  })

  it('leave open whether the work was done, as a real failure does', () => {
    const faults = faultsOf({ when: 'either', end: 'reset' })
    const found = Array.from({ length: 1_000 }, () => faults.strike(1_000, charge)?.when)
    expect(found.filter((when) => when === 'after').length / 1_000).toBeCloseTo(0.5, 1)
  })

  it('add their delays up, and the first end counts', () => {
    const faults = faultsOf({ delay: 10 }, { delay: 5, end: 503, when: 'after' }, { end: 'reset' })
    expect(faults.strike(1_000, charge)).toEqual({ delayMs: 15, end: 503, when: 'after' })
    const late = faultsOf({ end: 503 }, { delay: 5 })
    expect(late.strike(1_000, charge)).toEqual({ delayMs: 5, end: 503, when: 'before' })
  })

  it('are not used up on a request that another one has ended', () => {
    const faults = faultsOf({ times: 1, end: 503 }, { times: 1, end: 'reset' })
    expect([1, 2, 3].map(() => faults.strike(1_000, charge)?.end)).toEqual([503, 'reset', undefined])
  })

  it('strike below their share, and as often after the work as before it', () => {
    const drawn = (draw: number): string | undefined => {
      const faults = new Faults(() => draw)
      faults.inject(
        [
          { share: 0.5, end: 503, when: 'either' },
          { end: 500, when: 'either' },
        ],
        0,
      )
      const fault = faults.strike(0, charge)
      return fault && `${fault.end} ${fault.when}`
    }
    expect([0.499, 0.5].map(drawn)).toEqual(['503 before', '500 after'])
  })
})

it.each([200, 599])('may end with any status that is an answer: %i', (end) => {
  expect(faultsOf({ end }).strike(1_000, charge)?.end).toBe(end)
})

it.each<[FaultRule, string]>([
  [{ end: 600 }, "end must be a status from 200 to 599, or one of 'reset', 'hang', 'cut', 'stall', got 600"],
  [{ end: 199 }, 'end must be a status from 200 to 599'],
  [{ delay: null as never }, 'delay must be'],
  [{}, 'cannot create fault: end must be given where there is no delay, got undefined'],
  [{ end: 99 }, "end must be a status from 200 to 599, or one of 'reset', 'hang', 'cut', 'stall', got 99"],
  [{ share: 2, end: 503 }, 'share must be a number from 0 to 1, got 2'],
  [{ times: 0, end: 503 }, 'times must be an integer >= 1, got 0'],
  [{ forMs: 0, end: 503 }, 'forMs must be a finite number of milliseconds > 0, got 0'],
  [{ delay: -1 }, 'delay must be a number of milliseconds from 0 to 3600000, got -1'],
  [
    { delay: { uniformMs: [5, 1] } },
    'delay.uniformMs must be two numbers of milliseconds, the smaller one first',
  ],
  [{ delay: { percentilesMs: {} } }, 'delay.percentilesMs must be milliseconds by percentile'],
])('refuses %j', (rule, message) => {
  const faults = faultsOf({ end: 503 })
  expect(() => faults.inject([rule], 0)).toThrow(OptionError)
  expect(() => faults.inject([rule], 0)).toThrow(message)
  expect(faults.strike(1_000, charge)?.end).toBe(503)
})
