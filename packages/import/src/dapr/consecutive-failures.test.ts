import { expect, it } from 'vitest'
import { statusConditions } from './status-conditions.js'
import { consecutiveFailures } from './consecutive-failures.js'

it.each([
  ['consecutiveFailures > 5', 6],
  ['consecutiveFailures >= 5', 5],
  ['consecutiveFailures == 3', 3],
  ['( consecutiveFailures>8 )', 9],
])('%s trips at failure %d in a row', (trip, failures) => expect(consecutiveFailures(trip)).toBe(failures))

it.each([
  'consecutiveFailures < 5',
  'totalFailures > 5',
  'consecutiveFailures > 5 && requests > 10',
  '',
  '5',
])('%j is not a count of failures in a row', (trip) => expect(consecutiveFailures(trip)).toBeUndefined())

it('reads statuses and ranges, and says which a manifest cannot name', () => {
  expect(statusConditions('429, 500-599')).toEqual({ on: ['429', '5xx'], refused: [] })
  expect(statusConditions('301,408-410')).toEqual({ on: ['408', '409', '410'], refused: ['301'] })
  expect(statusConditions('400-499,503')).toEqual({ on: ['503'], refused: ['400-499'] })
  expect(statusConditions('teapot')).toBeUndefined()
  expect(statusConditions('599-500')).toBeUndefined()
})
