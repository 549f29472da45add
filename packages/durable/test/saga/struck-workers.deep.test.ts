import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../../src/migrations/migrate.js'
import { PGliteStore } from '../../src/store/pglite/pglite-store.js'
import type { Store } from '../../src/store/store.js'
import { strikeEverywhere } from './strike-everywhere.js'

let store: Store
beforeAll(async () => {
  store = new PGliteStore({ queryDeadlineMs: 120_000 })
  await migrate(store)
})
afterAll(() => store.close())

const cases = (['refused', 'doubted', 'whole'] as const).flatMap((name) =>
  (['before', 'after'] as const).flatMap((when) =>
    (['statement', 'effect'] as const).map((what) => ({ name, when, what })),
  ),
)

test.each(cases)(
  '$name on an embedded database, its worker struck $when each $what in turn: all done or all undone',
  async ({ name, ...strike }) => {
    const { places, wrong } = await strikeEverywhere(store, name, strike)
    console.log(`${name}: struck ${strike.when} ${strike.what} at ${places} places`)
    expect(places).toBeGreaterThan(strike.what === 'effect' ? 1 : 10)
    expect(wrong).toEqual([])
  },
)
