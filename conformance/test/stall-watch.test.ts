import { expect, it } from 'vitest'
import { pause } from '../src/run/pause.js'
import { StallWatch } from '../src/run/stall-watch.js'

it('notices that the process stood still, and since when', async () => {
  using watch = new StallWatch(100)
  const before = performance.now()
  await pause(30)
  const until = performance.now() + 200
  while (performance.now() < until);
  await pause(30)
  expect(watch.stalledSince(before)).toBe(true)
  expect(watch.stalledSince(performance.now() + 1)).toBe(false)
})
