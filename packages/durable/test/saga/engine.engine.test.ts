import { afterAll, beforeAll } from 'vitest'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import { startPostgres, type PostgresServer } from '../servers/postgres-server.js'
import { EngineBench } from './engine-bench.js'
import { engineContract } from './engine-contract.js'
import { operationsContract } from './operations-contract.js'

let server: PostgresServer

beforeAll(async () => {
  server = await startPostgres()
})
afterAll(async () => {
  await server.stop()
})

engineContract('Postgres', () => new EngineBench(async () => new PostgresStore({ url: server.url })))
operationsContract(
  'Postgres',
  async () => new PostgresStore({ url: await server.createDatabase('operations') }),
)
