import { seededRandom } from '@watertight/policy/testing'
import { expect, test } from 'vitest'
import { runSchedule } from './run-schedule.js'
import { holdConflicts, holdTakeovers } from './hold-takeovers.js'

test('however processes crash and stop, one charge is made, and every caller is told the same', async () => {
  await expect(holdTakeovers(400)).resolves.toBeUndefined()
})

test('however processes crash and stop, no key that nobody takes over is charged twice', async () => {
  await expect(holdConflicts(400)).resolves.toBeUndefined()
})

test('an effect that is not committed with its answer happens twice, where keys are taken over: the schedules find it', async () => {
  let twice = 0
  for (let seed = 1; seed <= 300; seed += 1) {
    const { charges } = await runSchedule(seededRandom(seed), 'rerun', false)
    if (charges > 1) twice += 1
  }
  expect(twice).toBeGreaterThan(0)
})
