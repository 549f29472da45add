import { afterAll, beforeAll } from 'vitest'
import { type RunningPostgres, startPostgres } from './start-postgres.js'
import { storeCommands } from './store-commands.js'

let postgres: RunningPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterAll(() => postgres.stop())

storeCommands('Postgres', () => postgres.url)
