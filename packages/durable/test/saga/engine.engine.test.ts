import { afterAll, beforeAll } from 'vitest'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import { startPgbouncer, type PgbouncerServer } from '../servers/pgbouncer-server.js'
import { startPostgres, type PostgresServer } from '../servers/postgres-server.js'
import { EngineBench } from './engine-bench.js'
import { engineContract } from './engine-contract.js'
import { operationsContract } from './operations-contract.js'

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

engineContract('Postgres', () => new EngineBench(async () => new PostgresStore({ url: server.url })))
const pooled = async (name: string): Promise<PostgresStore> => {
  await server.createDatabase(name)
  return new PostgresStore({ url: pooler.url.replace(/\/postgres$/, `/${name}`), listenUrl: false })
}
engineContract(
  'Postgres behind PgBouncer in transaction mode',
  () => new EngineBench(() => pooled('engine_pooled')),
)
operationsContract('Postgres behind PgBouncer in transaction mode', () => pooled('operations_pooled'))
operationsContract(
  'Postgres',
  async () => new PostgresStore({ url: await server.createDatabase('operations') }),
)
