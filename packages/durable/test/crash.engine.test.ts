import { afterAll, beforeAll, expect, test } from 'vitest'
import { migrate } from '../src/migrations/migrate.js'
import { openStore } from '../src/store/open-store.js'
import { dropConnections, killServices, prepareEffects } from './crash/kill-services.js'
import { startPostgres, type PostgresServer } from './servers/postgres-server.js'

let server: PostgresServer
beforeAll(async () => {
  server = await startPostgres()
  const store = openStore(server.url)
  await migrate(store)
  await prepareEffects(store)
  await store.close()
})
afterAll(async () => {
  await server.stop()
})

test.each(['before', 'after'] as const)(
  'a service loses the connection to Postgres %s each statement of publishing and consuming: every effect once',
  async (when) => {
    const { places, wrong } = await dropConnections(server, { when })
    console.log(`publishing and consuming: connection lost ${when} each of ${places} statements`)
    expect(places).toBeGreaterThan(35)
    expect(wrong).toEqual([])
  },
  600_000,
)

// To the database a process that dies after an answer is one that dies before the next statement: the embedded one is tried so.
test('a service is killed after each statement of publishing and consuming on Postgres: every effect once', async () => {
  const { places, wrong } = await killServices(server, { when: 'after' })
  console.log(`publishing and consuming: killed after each of ${places} statements`)
  expect(places).toBeGreaterThan(35)
  expect(wrong).toEqual([])
}, 600_000)
