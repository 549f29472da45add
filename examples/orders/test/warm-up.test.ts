import { expect, test } from 'vitest'
import type { Measured } from '../src/load/measurements.js'
import { WarmUp } from '../src/load/warm-up.js'

function second(p50Ms: number, unavailable: number = 0): Measured {
  const counts = { placed: 10 - unavailable, waiting: 0, declined: 0, unavailable }
  return { counts, total: 10, successShare: 1 - unavailable / 10, p50Ms, p99Ms: p50Ms }
}

test('a warm shop is brought to its rate within seconds', () => {
  const warmUp = new WarmUp(20)
  const steps = Array.from({ length: 5 }, () => warmUp.second(second(40)))
  expect(steps.map(({ rate }) => rate)).toEqual([4, 8, 16, 20, 20])
  expect(steps.map(({ isOver }) => isOver)).toEqual([false, false, false, false, true])
})

test('one that is slow or fails is given fewer customers, and more again when it is not', () => {
  const warmUp = new WarmUp(20)
  for (let count = 0; count < 3; count += 1) warmUp.second(second(40))
  expect(warmUp.second(second(900)).rate).toBe(8)
  expect(warmUp.second(second(40, 1)).rate).toBe(4)
  expect(warmUp.second(second(40)).rate).toBe(8)
})

test('a machine that never bears the rate goes on with what it bore', () => {
  const warmUp = new WarmUp(20)
  const steps = Array.from({ length: 20 }, () => warmUp.second(second(warmUp.rate > 5 ? 900 : 40)))
  expect(steps.at(-2)).toMatchObject({ isOver: false })
  expect(steps.at(-1)).toEqual({ rate: 4, isOver: true, isTooSlow: true })
})

test('a second without an answer says nothing good', () => {
  const warmUp = new WarmUp(20)
  const silent: Measured = {
    ...second(0),
    total: 0,
    counts: { placed: 0, waiting: 0, declined: 0, unavailable: 0 },
  }
  expect(warmUp.second(silent)).toEqual({ rate: 2, isOver: false, isTooSlow: false })
})
