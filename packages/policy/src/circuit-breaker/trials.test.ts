import { describe, expect, it } from 'vitest'
import { Trials } from './trials.js'

const limits = { halfOpenCalls: 4, halfOpenMaxMs: 500, failureRate: 0.5, slowRate: 0.5 }

/** Trial calls that have settled, each failed or not and slow or not, with places for as many as may be. */
function settled(...calls: readonly (readonly [failed: number, slow: number])[]): Trials {
  const trials = new Trials(500)
  trials.taken = limits.halfOpenCalls
  for (const [failed, slow] of calls) trials.settle('success', failed, slow)
  return trials
}

describe('trial calls are judged', () => {
  it('not before the last one that could still be slow too often', () => {
    expect(settled([0, 1], [0, 0], [0, 0]).judge(limits, 0)).toBeUndefined()
    expect(settled([0, 1], [0, 0], [0, 0], [0, 1]).judge(limits, 0)).toBe('trials-failed')
    expect(settled([0, 1], [0, 0], [0, 0], [0, 0]).judge(limits, 0)).toBe('trials-succeeded')
  })

  it('as soon as the others can no longer change it', () => {
    expect(settled([0, 0], [0, 0]).judge(limits, 0)).toBeUndefined()
    expect(settled([0, 0], [0, 0], [0, 0]).judge(limits, 0)).toBe('trials-succeeded')
    expect(settled([1, 0], [1, 0]).judge(limits, 0)).toBe('trials-failed')
    expect(settled([0, 1]).judge(limits, 1)).toBe('trials-failed')
  })
})

describe('at their deadline', () => {
  it('one that is slow and still in flight counts beside those that have settled', () => {
    expect(settled([0, 0]).expire(500, { ...limits, slowRate: 0.6 }, 1)).toBe('trials-succeeded')
    expect(settled([0, 0]).expire(500, limits, 1)).toBe('trials-failed')
  })

  it('nobody is taken for hung where nobody is under way: the next call is tried', () => {
    const trials = settled()
    trials.taken = 0
    expect(trials.expire(500, limits, 0)).toBeUndefined()
    expect(trials.deadline).toBe(1_000)
    trials.taken = 1
    expect(trials.expire(1_000, limits, 0)).toBe('trials-hung')
  })
})
