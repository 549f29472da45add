import { expect, test } from 'vitest'
import { killEverywhere } from './kill-everywhere.js'

const places = ['before statement', 'after statement', 'before effect', 'after effect'] as const
const cases = (['eventful', 'flaky', 'whole'] as const).flatMap((name) =>
  places.map((place) => [name, place] as const),
)

test.each(cases)(
  '%s on an embedded database, killed %s, each in turn: all done or all undone',
  async (name, place) => {
    const { places: killed, wrong } = await killEverywhere('folder', name, place)
    expect(killed).toBeGreaterThan(1)
    expect(wrong).toEqual([])
  },
)
