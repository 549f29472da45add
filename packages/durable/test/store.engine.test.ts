import { afterAll, beforeAll, expect, test, vi } from 'vitest'
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

test('a commit waits for a standby that is gone, and an administrator ends it: it is not called undone, for it is done', async () => {
  const store = new PostgresStore({ url: server.url, connectionsMax: 3 })
  await store.query('create table if not exists held (pid integer)')
  await store.query(`alter system set synchronous_standby_names = 'gone'`)
  await store.query('select pg_reload_conf()')
  try {
    await vi.waitUntil(async () => (await namedStandby(store)) === 'gone', { timeout: 30_000 })
    let begun = 0
    let told: string | undefined = 'nothing'
    const hold = async (): Promise<void> => {
      begun += 1
      told = undefined
      const insert = 'insert into held select pg_backend_pid()'
      told = await store
        .transaction(async (transaction) => await transaction.query(insert))
        .then(
          () => 'committed',
          (error: unknown) => (error as { code?: string }).code,
        )
    }
    // The process that has commits wait hears of it a little later than the one that was asked.
    await vi.waitUntil(
      async () => {
        if (told !== undefined) void hold()
        return await endThoseThatWait(store)
      },
      { timeout: 30_000 },
    )
    await vi.waitUntil(() => told !== undefined, { timeout: 30_000 })
    expect(told).toBe('WT_STORE_COMMIT_UNKNOWN')
    expect((await store.query('select from held')).rows).toHaveLength(begun)
  } finally {
    await store.query('alter system reset synchronous_standby_names')
    await store.query('select pg_reload_conf()')
    await store.close()
  }
})

const namedStandby = async (store: PostgresStore): Promise<string | undefined> =>
  (await store.query<{ name: string }>(`select current_setting('synchronous_standby_names') as name`)).rows[0]
    ?.name

async function endThoseThatWait(store: PostgresStore): Promise<boolean> {
  const { rows } = await store.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`,
  )
  return rows.length > 0
}
