import fc from 'fast-check'
import { expect, it } from 'vitest'
import { firstView, readAddress, TABS, writeAddress } from './view-address.js'

it('the first view has an address without words', () => {
  expect(writeAddress(firstView)).toBe('')
  expect(readAddress('')).toEqual(firstView)
})

it('a link shows another person the same view', () => {
  const text = fc.option(fc.string({ minLength: 1 }))
  const views = fc.record({
    selected: text,
    tab: fc.constantFrom(...TABS),
    trace: text,
    saga: text,
    calls: fc.constantFrom('graph' as const, 'table' as const),
    at: fc.option(fc.integer({ min: 1, max: 4_000_000_000_000 })),
  })
  fc.assert(
    fc.property(views, (view) => {
      expect(readAddress(writeAddress(view))).toEqual(view)
    }),
  )
})

it('what cannot be read is left out', () => {
  expect(readAddress('?tab=nonsense&at=yesterday&calls=map&select=&token=secret')).toEqual(firstView)
  expect(readAddress('?at=-5').at).toBeNull()
})
