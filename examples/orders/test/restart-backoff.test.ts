import { expect, test } from 'vitest'
import { RestartBackoff } from '../src/supervisor/restart-backoff.js'

test('a service that dies again and again is started ever later, and after five times it is said', () => {
  const backoff = new RestartBackoff()
  const decisions = Array.from({ length: 8 }, () => backoff.exited(50))
  expect(decisions.map(({ delayMs }) => delayMs)).toEqual([0, 100, 200, 400, 800, 1_600, 3_200, 5_000])
  expect(decisions.map(({ crashLoop }) => crashLoop)).toEqual([
    false,
    false,
    false,
    false,
    true,
    true,
    true,
    true,
  ])
})

test('one that was up for a while starts over', () => {
  const backoff = new RestartBackoff()
  for (let exit = 0; exit < 7; exit += 1) backoff.exited(50)
  expect(backoff.exited(10_000)).toEqual({ delayMs: 0, crashLoop: false })
})
