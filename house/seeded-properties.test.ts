import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededProperties } from './seeded-properties.js'

test('one commit has one verdict: every property draws its cases from the same seed', () => {
  const { seed } = fc.check(fc.property(fc.nat(), () => true))
  expect(seed).toBe(seededProperties.seed ?? seed)
})
