import { seededRandom } from '@watertight/policy/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { prepareFolder, type PreparedFolder } from '../servers/prepared-folder.js'
import { killEverywhere } from './kill-everywhere.js'

const places = ['before statement', 'after statement', 'before effect', 'after effect'] as const
const cases = (['eventful', 'flaky', 'whole'] as const).flatMap((name) =>
  places.map((place) => [name, place] as const),
)

/**
 * An embedded database takes seconds to start, so a place of each kind or two are drawn; struck-workers.deep.test.ts strikes
 * workers of its own process at each of them. `WATERTIGHT_EXHAUSTIVE=1` kills processes at each, for twenty minutes; on
 * Postgres that is done whenever the engines are.
 */
const oneIn = process.env['WATERTIGHT_EXHAUSTIVE'] === '1' ? 1 : 24
const seed = Number(process.env['WATERTIGHT_SEED'] ?? Date.now() % 1_000_000)
const random = seededRandom(seed)

let folder: PreparedFolder
beforeAll(async () => {
  folder = await prepareFolder()
})
afterAll(() => folder.remove())

test.each(cases)(
  `%s on an embedded database, killed %s: all done or all undone (WATERTIGHT_SEED=${seed})`,
  async (name, place) => {
    const first = oneIn === 1 ? 1 : 1 + Math.floor(random() * 3)
    const { places: killed, wrong } = await killEverywhere({ folder }, name, place, oneIn, first)
    expect(killed).toBeGreaterThan(0)
    expect(wrong).toEqual([])
  },
)
