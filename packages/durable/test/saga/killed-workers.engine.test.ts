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
})
afterAll(async () => {
  await server.stop()
})

// A worker waits most of its time, for the lease of one that died, so several run side by side. Each kind has a database
// to itself: a worker would take up what another kind has left, and count its statements.
test.concurrent.each(cases)(
  '%s on Postgres, killed %s, each in turn: all done or all undone',
  async (name, place) => {
    const url = await server.createDatabase(`${name} ${place}`)
    const { places: killed, wrong } = await killEverywhere({ url }, name, place)
    expect(killed).toBeGreaterThan(1)
    expect(wrong).toEqual([])
  },
  600_000,
)
