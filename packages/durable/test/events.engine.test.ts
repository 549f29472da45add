import { afterAll, beforeAll } from 'vitest'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'
import { eventsContract } from './events-contract.js'
import { projectionsContract } from './projections-contract.js'
import { readModelsContract, swapsContract } from './read-models-contract.js'
import { supersededModelsContract } from './superseded-models-contract.js'
import { heldBackContract, upkeepContract } from './upkeep-contract.js'
import { pollingContract, wakingContract } from './waking-contract.js'
import { startPgbouncer, type PgbouncerServer } from './servers/pgbouncer-server.js'
import { startPostgres, type PostgresServer } from './servers/postgres-server.js'

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

const always = [
  upkeepContract,
  heldBackContract,
  readModelsContract,
  supersededModelsContract,
  projectionsContract,
  swapsContract,
]
eventsContract('Postgres', async () => ({ store: new PostgresStore({ url: server.url }) }), [
  ...always,
  wakingContract,
])
eventsContract(
  'Postgres behind PgBouncer in transaction mode',
  async () => ({ store: new PostgresStore({ url: await throughPooler('pooled'), listenUrl: false }) }),
  [...always, pollingContract],
)

async function throughPooler(database: string): Promise<string> {
  await server.createDatabase(database)
  return pooler.url.replace(/\/postgres$/, `/${database}`)
}
