import fc from 'fast-check'
import { seededRandom } from '@watertight/policy/testing'
import { expect } from 'vitest'
import { runSchedule } from './run-schedule.js'

// A failure prints the seed of its schedule.
const schedules = fc.integer({ min: 1, max: 2 ** 31 - 1 })

/** Answer and charge are committed together: there is exactly one charge, and everybody is told of it. */
export async function holdTakeovers(runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(schedules, async (seed) => {
      const { charges, told } = await runSchedule(seededRandom(seed), 'rerun', true)
      expect(charges).toBe(1)
      expect(new Set(told).size).toBe(1)
      expect(told[0]).toMatch(/^201 charged by/)
    }),
    { numRuns: runs },
  )
}

/** Nobody takes over: there is one charge at most, and whoever is told of it is told the truth. */
export async function holdConflicts(runs: number): Promise<void> {
  let unknown = 0
  await fc.assert(
    fc.asyncProperty(schedules, async (seed) => {
      const { charges, told } = await runSchedule(seededRandom(seed), 'conflict', false)
      expect(charges).toBeLessThanOrEqual(1)
      for (const words of told) {
        expect(words).toMatch(/^201 charged by|OUTCOME_UNKNOWN/)
        if (words.startsWith('201')) expect(charges).toBe(1)
        else unknown += 1
      }
      expect(new Set(told.filter((words) => words.startsWith('201'))).size).toBeLessThanOrEqual(1)
    }),
    { numRuns: runs },
  )
  // Or the schedules would not be wild enough to show anything.
  expect(unknown).toBeGreaterThan(runs / 50)
}
