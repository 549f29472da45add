import fc from 'fast-check'
import { it } from 'vitest'
import { readingProperties } from './reading-properties.js'

const numRuns = 100_000

it('damaged requests read the same however they are split', () => {
  fc.assert(readingProperties.readsTheSameHoweverSplit, { numRuns })
})

it('damaged requests are refused where the platform refuses, and end where it says', async () => {
  await fc.assert(readingProperties.agreesWithThePlatform, { numRuns })
})
