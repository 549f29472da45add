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

test('who keeps ending has to run ever longer until it counts as back, where nobody can ask it', () => {
  const backoff = new RestartBackoff()
  const proven = Array.from({ length: 7 }, () => {
    const { provenAfterMs } = backoff
    backoff.exited(600)
    return provenAfterMs
  })
  expect(proven).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
  backoff.exited(10_000)
  expect(backoff.provenAfterMs).toBe(1_000)
})

test('three failed probes in a row are a process that hangs, fewer are a busy moment', () => {
  const liveness = new Liveness()
  const probes = [false, false, true, false, false, false]
  expect(probes.map((answers) => liveness.probed(answers))).toEqual([false, false, false, false, false, true])
})
