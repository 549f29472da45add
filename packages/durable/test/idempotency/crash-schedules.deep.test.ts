import { expect, test } from 'vitest'
import { holdConflicts, holdTakeovers } from './hold-takeovers.js'

test('in 5,000 random schedules of crashes and pauses one charge is made, and every caller is told the same', async () => {
  await expect(holdTakeovers(5_000)).resolves.toBeUndefined()
})

test('in 5,000 random schedules no key that nobody takes over is charged twice', async () => {
  await expect(holdConflicts(5_000)).resolves.toBeUndefined()
})
