import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Store } from '../src/store/store.js'
import { choreographyStore } from './choreography/choreographed-shop.js'
import { dieAndGoOn } from './choreography/die-and-go-on.js'

let store: Store
beforeAll(async () => {
  store = await choreographyStore()
})
afterAll(() => store.close())

/** Not every statement of every run, but another rest of them before and after: together about a third of all. */
const STRIDE = 6

test.each(['good', 'declined'] as const)(
  'an order with a %s card ends as it should wherever its processes die',
  async (card) => {
    let deaths = 0
    for (const [offset, when] of (['before', 'after'] as const).entries())
      for (let at = 1 + 3 * offset; await dieAndGoOn(store, card, { at, when }); at += STRIDE) deaths += 1
    expect(deaths).toBeGreaterThan(12)
  },
  240_000,
)
