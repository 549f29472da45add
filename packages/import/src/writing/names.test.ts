import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Names, plainName } from './names.js'

it.each([
  ['backendA', 'backend-a'],
  ['inventory_service', 'inventory-service'],
  ['ratings.prod', 'ratings-prod'],
  ['2fa', 'n-2fa'],
  ['___', 'n'],
  ['null', 'n-null'],
  ['True', 'n-true'],
])('%s becomes %s', (original, name) => expect(plainName(original)).toBe(name))

it('keeps different originals apart and the same one together', () => {
  const names = new Names()
  expect(['backendA', 'backend-a', 'backend_a', 'backendA'].map((name) => names.nameFor(name))).toEqual([
    'backend-a',
    'backend-a-2',
    'backend-a-3',
    'backend-a',
  ])
})

it('gives every text a name that a manifest allows, and no two the same one', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ maxLength: 100 }), { maxLength: 30 }), (originals) => {
      const names = new Names()
      const given = originals.map((original) => names.nameFor(original))
      for (const name of given) expect(name).toMatch(/^[a-z][a-z0-9-]{0,62}$/)
      expect(new Set(given).size).toBe(originals.length)
    }),
  )
})
