import { expect, it } from 'vitest'
import { concurrencyBudget, constant, pipeline, retry } from '../../src/index.js'
import { useVirtualTime } from './virtual-time.js'

useVirtualTime()

const backoff = constant({ ms: 0 })

it('a retry does not count the tries of another one further in as its own', async () => {
  const attempts: number[] = []
  const budget = concurrencyBudget({ ratio: 0.5, minimum: 1 })
  const outer = retry({ attempts: 2, backoff, budget })
  const call = pipeline(outer, retry({ attempts: 3, backoff }))
  const own: number[] = []
  outer.on('retry', ({ attempt }) => own.push(attempt))
  const outcome = await call.outcome(({ attempt }) => {
    attempts.push(attempt)
    throw new Error('down')
  })
  expect(outcome).toMatchObject({ ok: false, reason: 'failure' })
  expect(attempts).toEqual([1, 2, 3, 4, 5, 6])
  expect(own).toEqual([1])
  // Everything that was taken from the budget is back: one call in flight allows one further try, as at first.
  budget.start(0)
  expect(budget.remaining(0)).toBe(1)
})

it('a predicate that throws leaves no tries behind for the next call', async () => {
  const budget = concurrencyBudget({ ratio: 0.5, minimum: 1 })
  let asked = 0
  const when = (): boolean => {
    asked += 1
    if (asked === 2) throw new Error('a bug in a predicate')
    return true
  }
  const call = retry({ attempts: 2, backoff, budget, when })
  await call.outcome(() => Promise.reject(new Error('down')))
  await call.outcome(async () => 'fine')
  expect(asked).toBe(2)
  budget.start(0)
  expect(budget.remaining(0)).toBe(1)
})
