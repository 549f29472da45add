import { afterAll, beforeAll } from 'vitest'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'
import { startPgbouncer, type PgbouncerServer } from './servers/pgbouncer-server.js'
import { startPostgres, type PostgresServer } from './servers/postgres-server.js'
import { storeContract } from './store-contract.js'

let server: PostgresServer
let pooler: PgbouncerServer
beforeAll(async () => {
  server = await startPostgres()
  pooler = await startPgbouncer(server.port)
})
afterAll(async () => {
  await pooler.stop()
  await server.stop()
})

storeContract('Postgres', async (options) => new PostgresStore({ url: server.url, ...options }))
storeContract(
  'Postgres behind PgBouncer in transaction mode',
  async (options) => new PostgresStore({ url: pooler.url, listenUrl: false, ...options }),
)
