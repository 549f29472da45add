import { Faults } from '@watertight/traffic'
import { expect, test } from 'vitest'
import { faultPlanSchema, planInForce, rulesOf } from '../src/http/fault-plan.js'

const charge = { method: 'POST', path: '/charges' }

function injected(plan: unknown, random: () => number = () => 0.9): Faults {
  const faults = new Faults(random)
  faults.inject(rulesOf(faultPlanSchema.parse(plan)), 0)
  return faults
}

test('a plan ends by itself, and tells what is left of it', () => {
  const faults = injected({ latencyMs: 200, forSeconds: 2 })
  expect(faults.strike(1_999, charge)).toEqual({ delayMs: 200, end: undefined, when: 'before' })
  expect(planInForce(faults, 1_001)).toEqual({ latencyMs: 200, errorRate: 0, forSeconds: 1 })
  expect(faults.strike(2_000, charge)).toBeUndefined()
  expect(planInForce(faults, 2_000)).toBeUndefined()
})

test('failures come before and after the work, in the share that was asked for', () => {
  const draws = [0.29, 0.4, 0.29, 0.6, 0.3]
  const faults = injected({ errorRate: 0.3, forSeconds: 1 }, () => draws.shift() ?? 0)
  const struck = [0, 1, 2].map((now) => faults.strike(now, charge)?.when)
  expect(struck).toEqual(['before', 'after', undefined])
  expect(planInForce(faults, 0)).toEqual({ latencyMs: 0, errorRate: 0.3, forSeconds: 1 })
})

test('what fails is late too, and a plan of nothing is none', () => {
  const faults = injected({ latencyMs: 50, errorRate: 1, forSeconds: 1 })
  expect(faults.strike(0, charge)).toMatchObject({ delayMs: 50, end: 500 })
  expect(planInForce(injected({ forSeconds: 1 }), 0)).toBeUndefined()
})
