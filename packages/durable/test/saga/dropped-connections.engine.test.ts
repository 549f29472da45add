import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../../src/migrations/migrate.js'
import { openStore } from '../../src/store/open-store.js'
import { type PostgresServer, startPostgres } from '../servers/postgres-server.js'
import { dropConnections } from './drop-connections.js'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
  const store = openStore(server.url)
  await migrate(store)
  await store.close()
})
afterAll(async () => {
  await server.stop()
})

test.each(['before', 'after'] as const)(
  'the connection to Postgres is lost %s each statement of sagas in turn: all done or all undone',
  async (when) => {
    const { places, wrong } = await dropConnections(server.url, when)
    console.log(`connection lost ${when} each of ${places} statements: ${wrong.length} sagas went wrong`)
    expect(places).toBeGreaterThan(20)
    expect(wrong).toEqual([])
  },
  600_000,
)
