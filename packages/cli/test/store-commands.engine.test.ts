import { afterAll, beforeAll } from 'vitest'
import { type PostgresServer, startPostgres } from '../../durable/test/servers/postgres-server.js'
import { storeCommands } from './store-commands.js'

let postgres: PostgresServer
beforeAll(async () => {
  postgres = await startPostgres()
}, 60_000)
afterAll(() => postgres.stop())

storeCommands('Postgres', () => postgres.url)
