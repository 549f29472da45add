import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { selfSignedCertificate } from '@watertight/http/testing'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { PostgresStore } from '../src/store/postgres/postgres-store.js'
import { startPgbouncer, type PgbouncerServer } from './servers/pgbouncer-server.js'
import { startPostgres, type PostgresServer } from './servers/postgres-server.js'
import { postgresStoreContract } from './postgres-store-contract.js'
import { storeContract } from './store-contract.js'

/** Whom servers are run as by root. */
const nobody = 65_534

let server: PostgresServer
let pooler: PgbouncerServer
let certificates: string
beforeAll(async () => {
  certificates = await mkdtemp(join(tmpdir(), 'watertight-certificates-'))
  server = await startPostgres({ fsync: 'off', ...(await tlsSettings(certificates)) })
  pooler = await startPgbouncer(server.port)
})
afterAll(async () => {
  await pooler.stop()
  await server.stop()
  await rm(certificates, { recursive: true })
})

const ways: Readonly<Record<string, () => string>> = {
  'to the database itself': () => server.url,
  'to the database itself, by TLS': () => `${server.url}?sslmode=no-verify`,
  'through PgBouncer': () => pooler.url,
}

storeContract('Postgres', async (options) => new PostgresStore({ url: server.url, ...options }))
storeContract(
  'Postgres behind PgBouncer in transaction mode',
  async (options) => new PostgresStore({ url: pooler.url, listenUrl: false, ...options }),
)

postgresStoreContract(() => server.url)

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

test('a commit waits for a standby that is gone, and the deadline passes: it is not called undone, for it is done', async () => {
  const store = new PostgresStore({ url: server.url, connectionsMax: 3 })
  await store.query('create table if not exists late (n integer)')
  await store.query(`alter system set synchronous_standby_names = 'gone'`)
  await store.query('select pg_reload_conf()')
  try {
    const told: Record<string, number[]> = {}
    let n = 0
    // On a busy machine the deadline may pass before the commit, and a process hears late that commits wait.
    const commitLate = async (): Promise<boolean> => {
      n += 1
      const insert = `insert into late values (${n})`
      const outcome = await store
        .transaction((transaction) => transaction.query(insert), { deadlineMs: 300 })
        .then(
          () => 'committed',
          (error: unknown) => (error as { code?: string }).code ?? String(error),
        )
      ;(told[outcome] ??= []).push(n)
      return outcome === 'WT_STORE_COMMIT_UNKNOWN'
    }
    await vi.waitUntil(commitLate, { timeout: 30_000 })
    const unmade = told['WT_STORE_DEADLINE'] ?? []
    const made = Array.from({ length: n }, (_, index) => index + 1).filter((each) => !unmade.includes(each))
    const found = async (): Promise<number[]> =>
      (await store.query<{ n: number }>('select n from late order by n')).rows.map((row) => row.n)
    // It is seen once its session waits for the standby no more.
    await store.query('alter system reset synchronous_standby_names')
    await store.query('select pg_reload_conf()')
    await expect.poll(found, { timeout: 30_000 }).toEqual(made)
  } finally {
    await store.query('alter system reset synchronous_standby_names')
    await store.query('select pg_reload_conf()')
    await store.close()
  }
})

test.for(Object.entries(ways))(
  'a table is locked, and more and more writes are given up, on connections %s: none of them waits in the database, and nothing is written later',
  async ([, url]) => {
    const store = new PostgresStore({ url: url(), connectionsMax: 2, listenUrl: false })
    const other = new PostgresStore({ url: server.url, connectionsMax: 2, listenUrl: false })
    await other.query('drop table if exists locked')
    await other.query('create table locked (n integer)')
    const waiting = `select from pg_stat_activity where query like 'insert into locked%' and state = 'active'`
    try {
      await other.transaction(async (transaction) => {
        await transaction.query('lock table locked')
        const given = ['query', 'atOnce', 'query', 'atOnce', 'query'] as const
        for (const [n, how] of given.entries()) {
          const insert = `insert into locked values (${n})`
          const writing =
            how === 'query'
              ? store.query(insert, [], { deadlineMs: 200 })
              : store.atOnce((at) => [at.query(insert), at.query('select 1')], { deadlineMs: 200 })
          await expect(writing).rejects.toMatchObject({ code: 'WT_STORE_DEADLINE' })
        }
        // Asked elsewhere: within a transaction the answer is that of the first time.
        await expect.poll(async () => (await other.query(waiting)).rows, { timeout: 30_000 }).toEqual([])
      })
      expect((await other.query('select n from locked')).rows).toEqual([])
      expect((await store.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    } finally {
      await store.close()
      await other.close()
    }
  },
)

test('a transaction whose process is gone is ended by the database, and the session stays as it was', async () => {
  const store = new PostgresStore({ url: server.url, connectionsMax: 1, listenUrl: false })
  const settings = `select current_setting('statement_timeout') as statement,
    current_setting('idle_in_transaction_session_timeout') as idle`
  const within = store.transaction((transaction) => transaction.query(settings), { deadlineMs: 54_321 })
  expect((await within).rows).toEqual([{ statement: '54321ms', idle: '54321ms' }])
  expect((await store.query(settings)).rows).toEqual([{ statement: '0', idle: '0' }])
  await store.close()
})

test('a copy from a client is refused in a transaction as elsewhere, and the process goes on', async () => {
  const store = new PostgresStore({ url: server.url, connectionsMax: 1, listenUrl: false })
  await store.query('create table copied (id integer)')
  const copying = store.transaction((transaction) => transaction.query('copy copied from stdin'))
  await expect(copying).rejects.toThrow(/no data to copy/)
  const before = store.atOnce((at) => [at.query('copy copied from stdin'), at.query('select 1')])
  await expect(before).rejects.toMatchObject({ code: '08P01' })
  const out = store.transaction((transaction) => transaction.query('copy copied to stdout'))
  expect((await out).rows).toEqual([])
  // On a connection that was answered once too often each statement has the answer of the one before.
  for (const n of [1, 2, 3]) expect((await store.query('select $1::integer as n', [n])).rows).toEqual([{ n }])
  await store.close()
})

/** What a server needs to speak TLS too. Its key is read by whoever it is run as. */
async function tlsSettings(folder: string): Promise<Record<string, string>> {
  const { key, cert } = selfSignedCertificate()
  await chmod(folder, 0o755)
  const [keyFile, certFile] = [join(folder, 'server.key'), join(folder, 'server.crt')]
  await writeFile(keyFile, key, { mode: 0o600 })
  await writeFile(certFile, cert)
  if (process.getuid?.() === 0) await chown(keyFile, nobody, nobody)
  return { ssl: 'on', ssl_key_file: keyFile, ssl_cert_file: certFile }
}

const namedStandby = async (store: PostgresStore): Promise<string | undefined> =>
  (await store.query<{ name: string }>(`select current_setting('synchronous_standby_names') as name`)).rows[0]
    ?.name

async function endThoseThatWait(store: PostgresStore): Promise<boolean> {
  const { rows } = await store.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`,
  )
  return rows.length > 0
}
