import { afterAll, beforeAll, describe } from 'vitest'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'
import type { Store } from '../src/store/store.js'
import { choreographyStore } from './choreography/choreographed-shop.js'
import { choreographyContract } from './choreography/choreography-contract.js'
import { startPgbouncer, type PgbouncerServer } from './servers/pgbouncer-server.js'
import { startPostgres, type PostgresServer } from './servers/postgres-server.js'

let server: PostgresServer
let pooler: PgbouncerServer
beforeAll(async () => {
  server = await startPostgres()
  pooler = await startPgbouncer(server.port)
  await server.createDatabase('pooled')
})
afterAll(async () => {
  await pooler.stop()
  await server.stop()
})

describe.each([
  ['Postgres', () => new PostgresStore({ url: server.url })],
  [
    'Postgres behind PgBouncer in transaction mode',
    () => new PostgresStore({ url: pooler.url.replace(/\/postgres$/, '/pooled'), listenUrl: false }),
  ],
])('choreographies on %s', (_, open) => {
  let store: Store
  beforeAll(async () => {
    store = await choreographyStore(() => Promise.resolve(open()))
  })
  afterAll(() => store.close())

  choreographyContract(() => store)
})
