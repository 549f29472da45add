import { afterAll, beforeAll, expect, test } from 'vitest'
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

test('the connection is lost within a transaction: its caller is told why the work ended, not that it cannot be rolled back', async () => {
  const store = new PostgresStore({ url: server.url, connectionsMax: 1 })
  const lost = store.transaction(async (transaction) => {
    await transaction.query('select pg_terminate_backend(pg_backend_pid())').catch(() => {})
    throw new Error('a change of mind')
  })
  await expect(lost).rejects.toThrow('a change of mind')
  const shutDown = store.transaction(async (transaction) => {
    await transaction.query('select pg_terminate_backend(pg_backend_pid())')
  })
  await expect(shutDown).rejects.toMatchObject({ code: '57P01' })
  expect((await store.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  await store.close()
})
