import { expect, test } from 'vitest'
import { Liveness } from './liveness.js'
import { RestartBackoff } from './restart-backoff.js'

test('who dies once is back at once; who keeps dying is tried ever more seldom, and told from the fifth time on', () => {
  const backoff = new RestartBackoff()
  const decisions = Array.from({ length: 10 }, () => backoff.exited(1_000))
  expect(decisions.map(({ delayMs }) => delayMs)).toEqual([
    0, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000,
  ])
  expect(decisions.findIndex(({ crashLoop }) => crashLoop)).toBe(4)
  expect(backoff.exited(10_000)).toEqual({ delayMs: 0, crashLoop: false })
})

test('three failed probes in a row are a process that hangs, fewer are a busy moment', () => {
  const liveness = new Liveness()
  const probes = [false, false, true, false, false, false]
  expect(probes.map((answers) => liveness.probed(answers))).toEqual([false, false, false, false, false, true])
})
