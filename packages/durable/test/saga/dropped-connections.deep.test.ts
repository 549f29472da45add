import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../../src/migrations/migrate.js'
import { openStore } from '../../src/store/open-store.js'
import { type PGliteServer, servePGlite } from '../../src/store/pglite/server/serve-pglite.js'
import { dropConnections } from './drop-connections.js'

let server: PGliteServer
beforeAll(async () => {
  server = await servePGlite()
  const store = openStore(server.url)
  await migrate(store)
  await store.close()
})
afterAll(async () => {
  await server.close()
})

test.each(['before', 'after'] as const)(
  'the connection to a shared embedded database is lost %s each statement of sagas in turn: all done or all undone',
  async (when) => {
    const { places, wrong } = await dropConnections(server.url, when)
    expect(places).toBeGreaterThan(20)
    expect(wrong).toEqual([])
  },
)
