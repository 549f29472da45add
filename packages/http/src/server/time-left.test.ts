import { expect, it } from 'vitest'
import { Route } from './route-table.js'
import { TimeLeft } from './time-left.js'

/** The one that was observed last. */
let route = new Route('GET /slow')

function observed(durationsMs: readonly number[], options = {}): TimeLeft {
  route = new Route('GET /slow')
  const timeLeft = new TimeLeft({ minimumSamples: 50, ...options })
  for (const durationMs of durationsMs) timeLeft.record(route, durationMs)
  return timeLeft
}

const slow = Array.from({ length: 100 }, () => 100)

it('refuses who has stopped waiting, and who waits for less than a tick', () => {
  const timeLeft = new TimeLeft({})
  expect(timeLeft.judge(undefined, 0)).toBe('expired')
  expect(timeLeft.judge(undefined, -5)).toBe('expired')
  expect(timeLeft.judge(undefined, 0.5)).toBe('late')
  expect(timeLeft.judge(undefined, 1)).toBeUndefined()
  expect(new TimeLeft({ minimumMs: 20 }).judge(undefined, 19)).toBe('late')
})

it('refuses what recent requests of the route could hardly do in the time left', () => {
  const timeLeft = observed(slow)
  expect(timeLeft.judge(route, 50)).toBe('late')
  expect(timeLeft.judge(route, 150)).toBeUndefined()
  expect(timeLeft.judge(route, Infinity)).toBeUndefined()
  expect(timeLeft.judge(new Route('GET /other'), 50)).toBeUndefined()
  expect(timeLeft.judge(undefined, 50)).toBeUndefined()
})

it('lets pass what one in ten requests manages', () => {
  const mixed = Array.from({ length: 100 }, (_, index) => (index % 5 === 0 ? 10 : 1_000))
  expect(observed(mixed).judge(route, 20)).toBeUndefined()
  expect(observed(mixed, { hopeless: 0.5 }).judge(route, 20)).toBe('late')
})

it('judges nothing by durations before it has seen enough, or when told not to', () => {
  expect(observed(slow.slice(0, 49)).judge(route, 1)).toBeUndefined()
  expect(observed(slow.slice(0, 50)).judge(route, 1)).toBe('late')
  expect(observed(slow, { hopeless: 0 }).judge(route, 1)).toBeUndefined()
})

it('notices that a route has become fast again, although it refuses', () => {
  const timeLeft = observed(slow)
  let refused = 0
  for (let request = 0; request < 1_000; request += 1) {
    if (timeLeft.judge(route, 50) === undefined) timeLeft.record(route, 2)
    else refused += 1
  }
  expect(refused).toBeGreaterThan(100)
  expect(refused).toBeLessThan(600)
  expect(timeLeft.judge(route, 50)).toBeUndefined()
})
