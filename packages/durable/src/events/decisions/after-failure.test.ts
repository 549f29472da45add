import { constant, exponential } from '@watertight/policy'
import { expect, test } from 'vitest'
import { afterFailure } from './after-failure.js'

test('an event is tried again after a delay until it has had its attempts', () => {
  const rules = { attemptsMax: 3, backoff: constant({ ms: 40 }) }
  expect([1, 2, 3, 4].map((attempts) => afterFailure(attempts, rules, () => 0))).toEqual([
    { state: 'retry', delayMs: 40 },
    { state: 'retry', delayMs: 40 },
    { state: 'dead' },
    { state: 'dead' },
  ])
})

test('delays grow with the attempts, and chance spreads them', () => {
  const rules = { attemptsMax: 9, backoff: exponential({ initialMs: 100, maxMs: 1_000 }) }
  const delay = (attempts: number, chance: number): number => {
    const next = afterFailure(attempts, rules, () => chance)
    return next.state === 'retry' ? next.delayMs : -1
  }
  expect(delay(4, 0.5)).toBeGreaterThan(delay(1, 0.5))
  expect(delay(4, 0.1)).toBeLessThan(delay(4, 0.9))
})
