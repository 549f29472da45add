import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { measureProcessLoad } from './measure-process-load.js'

const NONE = Infinity
const nothing = { eventLoopDelayMs: NONE, eventLoopUtilization: NONE, heapUsed: NONE, rssBytes: NONE }

function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

it('tells how long the loop keeps requests waiting, in the middle of a turn and after it', async () => {
  const probe = measureProcessLoad({ ...nothing, eventLoopDelayMs: 100 })
  await sleep(50)
  probe()
  block(400)
  expect(probe().eventLoopDelayMs).toBeGreaterThan(150)
  await sleep(0)
  await sleep(20)
  expect(probe().eventLoopDelayMs).toBeGreaterThan(100)
})

it('measures what has a limit, and nothing else', async () => {
  const probe = measureProcessLoad({ ...nothing, eventLoopUtilization: 1, heapUsed: 1, rssBytes: 1 })
  block(20)
  const { eventLoopDelayMs, eventLoopUtilization, heapUsed, rssBytes } = probe()
  expect(eventLoopDelayMs).toBeNaN()
  expect(eventLoopUtilization).toBeGreaterThan(0)
  expect(heapUsed).toBeGreaterThan(0)
  expect(heapUsed).toBeLessThan(1)
  expect(rssBytes).toBeGreaterThan(1e6)
  expect(measureProcessLoad(nothing)()).toEqual({
    eventLoopDelayMs: Number.NaN,
    eventLoopUtilization: Number.NaN,
    heapUsed: Number.NaN,
    rssBytes: Number.NaN,
  })
})
