import { expect, it } from 'vitest'
import { FURTHER_TRY } from '@watertight/policy/decisions'
import type { RetryRules } from '../settings/call-settings.js'
import { Verdicts } from '../verdict/verdicts.js'
import { refused } from '../verdict/verdict.js'
import { StatefulPolicies } from './stateful-policies.js'

const policiesOf = (retry: RetryRules): StatefulPolicies => {
  const policies = new StatefulPolicies({ verdictOf: () => refused, mayTryAgain: () => true })
  policies.reconfigure({ retry }, new Verdicts({}))
  return policies
}

/** How many further tries are admitted, one after the other. */
function admitted({ budget }: StatefulPolicies): number {
  let count = 0
  while (count < 100 && typeof budget!.admit(0) === 'number') count += 1
  return count
}

it.each([
  ['by the number of those that run', { concurrency: 4, budget: { ratio: 1, minimumPerSecond: 1 } }, 4],
  ['by their share of the calls', { concurrency: 50, budget: { ratio: 0, minimumPerSecond: 1 } }, 10],
  ['by the number alone', { concurrency: 4, budget: false as const }, 4],
])('limits further tries %s', (_name, rules, expected) => {
  const policies = policiesOf(rules)
  for (let call = 0; call < 10; call++) policies.budget!.start(0)
  expect(policies.budget!.remaining(0)).toBe(expected)
  expect(admitted(policies)).toBe(expected)
  expect(policies.budget!.remaining(0)).toBe(0)
})

it('makes room for a further try when one of those that run has ended, also under a new limit', () => {
  const policies = policiesOf({ concurrency: 2, budget: false })
  expect(admitted(policies)).toBe(2)
  policies.budget!.settle(FURTHER_TRY, 0, 'failure', 0)
  expect(admitted(policies)).toBe(1)
  policies.reconfigure({ retry: { concurrency: 3, budget: false } }, new Verdicts({}))
  expect(admitted(policies)).toBe(1)
})
