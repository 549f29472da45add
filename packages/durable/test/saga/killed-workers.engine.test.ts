import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPostgres, type PostgresServer } from '../servers/postgres-server.js'
import { killEverywhere } from './kill-everywhere.js'

const places = ['before statement', 'after statement', 'before effect', 'after effect'] as const
const cases = (['eventful', 'flaky', 'whole'] as const).flatMap((name) =>
  places.map((place) => [name, place] as const),
)

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
}, 60_000)
afterAll(async () => {
  await server.stop()
})

test.each(cases)(
  '%s on Postgres, killed %s, each in turn: all done or all undone',
  async (name, place) => {
    const { places: killed, wrong } = await killEverywhere(server, name, place)
    expect(killed).toBeGreaterThan(1)
    expect(wrong).toEqual([])
  },
  240_000,
)
