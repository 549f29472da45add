import { expect, test } from 'vitest'
import { Faults } from '../src/http/faults.js'

test('without a plan nothing strikes', () => {
  expect(new Faults().strike()).toEqual({ latencyMs: 0, fails: 'never' })
})

test('a plan ends by itself', () => {
  let now = 0
  const faults = new Faults(
    () => now,
    () => 0.9,
  )
  faults.inject({ latencyMs: 200, errorRate: 0, forSeconds: 2 })
  now = 1_999
  expect(faults.strike()).toEqual({ latencyMs: 200, fails: 'never' })
  expect(faults.current()).toEqual({ latencyMs: 200, errorRate: 0, forSeconds: 1 })
  now = 2_000
  expect(faults.strike().latencyMs).toBe(0)
  expect(faults.current()).toBeUndefined()
})

test('failures come before and after the work, in the share that was asked for', () => {
  let draw = 0
  const draws = [0.29, 0.4, 0.29, 0.6, 0.3]
  const faults = new Faults(
    () => 0,
    () => draws[draw++] ?? 0,
  )
  faults.inject({ latencyMs: 0, errorRate: 0.3, forSeconds: 1 })
  expect([faults.strike(), faults.strike(), faults.strike()].map(({ fails }) => fails)).toEqual([
    'before',
    'after',
    'never',
  ])
})
