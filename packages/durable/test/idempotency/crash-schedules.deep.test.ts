import { test } from 'vitest'
import { holdConflicts, holdTakeovers } from './crash-schedule-laws.js'

test('in 5,000 random schedules of crashes and pauses one charge is made, and every caller is told the same', () =>
  holdTakeovers(5_000))

test('in 5,000 random schedules no key that nobody takes over is charged twice', () => holdConflicts(5_000))
