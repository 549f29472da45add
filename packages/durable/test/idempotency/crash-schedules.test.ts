import { seededRandom } from '@watertight/policy/testing'
import { expect, test } from 'vitest'
import { runSchedule } from './run-schedule.js'
import { holdConflicts, holdTakeovers } from './hold-takeovers.js'

/** Hundreds of schedules in memory: less than a second, and much longer beside others on a busy machine. */
const PATIENCE_MS = 120_000

test(
  'however processes crash and stop, one charge is made, and every caller is told the same',
  async () => {
    await expect(holdTakeovers(400)).resolves.toBeUndefined()
  },
  PATIENCE_MS,
)

test(
  'however processes crash and stop, no key that nobody takes over is charged twice',
  async () => {
    await expect(holdConflicts(400)).resolves.toBeUndefined()
  },
  PATIENCE_MS,
)

test(
  'an effect that is not committed with its answer happens twice, where keys are taken over: the schedules find it',
  async () => {
    let twice = 0
    for (let seed = 1; seed <= 300; seed += 1) {
      const { charges } = await runSchedule(seededRandom(seed), 'rerun', false)
      if (charges > 1) twice += 1
    }
    expect(twice).toBeGreaterThan(0)
  },
  PATIENCE_MS,
)
