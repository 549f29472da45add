import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startPostgres as startEngine } from '@watertight/deploy'
import pg from 'pg'

const START_MS = 30_000
const signals = { kill: 'SIGKILL', fast: 'SIGINT', immediate: 'SIGQUIT' } as const

export interface PostgresServer {
  /** With `postgres` as the user and the database. */
  readonly url: string
  readonly port: number
  /** A new database, empty, on the same server. */
  createDatabase(name: string): Promise<string>
  /** Ends it as `kill -9` does, as `pg_ctl stop` does in these modes, and starts it again on the same data. */
  restart(how: keyof typeof signals): Promise<void>
  stop(): Promise<void>
}

/** A Postgres of its own in a temporary folder, with `settings` beyond the defaults: `{ fsync: 'off' }`. */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = { fsync: 'off' },
): Promise<PostgresServer> {
  const outer = await mkdtemp(join(tmpdir(), 'watertight-postgres-'))
  // The server may be run by somebody else.
  await chmod(outer, 0o755)
  const port = await freePort()
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const start = () => startEngine({ folder: join(outer, 'server'), port, settings })
  let server = await start()
  return {
    url,
    port,
    createDatabase: async (name) => {
      await onClient(url, (client) => client.query(`create database ${pg.escapeIdentifier(name)}`))
      return url.replace(/\/postgres$/, `/${name}`)
    },
    restart: async (how) => {
      await server.kill(signals[how])
      server = await start()
    },
    stop: async () => {
      await server.stop()
      await rm(outer, { recursive: true, force: true })
    },
  }
}

/** Resolves once a server answers a query. */
export async function answers(url: string): Promise<void> {
  const deadline = performance.now() + START_MS
  for (;;) {
    try {
      return await onClient(url, async (client) => void (await client.query('select 1')))
    } catch (cause) {
      if (performance.now() > deadline)
        throw new Error(`cannot reach ${url} within ${START_MS} ms`, { cause })
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function onClient<Result>(url: string, work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
