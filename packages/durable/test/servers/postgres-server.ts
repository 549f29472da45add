import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from './free-port.js'

const START_MS = 30_000
/** `nobody`: the server refuses to run as root. */
const NOBODY = 65_534
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
  const folder = await mkdtemp(join(tmpdir(), 'watertight-postgres-'))
  await chmod(folder, 0o755)
  const data = join(folder, 'data')
  if (process.getuid?.() === 0) await chown(folder, NOBODY, NOBODY)
  const initdb = start('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'])
  if ((await ended(initdb)) !== 0) throw new Error('cannot start Postgres: initdb failed')
  const port = await freePort()
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const addresses = [
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
  ]
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  const run = async (): Promise<ChildProcess> => {
    const server = start('postgres', ['-D', data, ...addresses, ...options])
    await answers(url)
    return server
  }
  let server = await run()
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    server.kill(signal)
    await ended(server)
  }
  return {
    url,
    port,
    createDatabase: async (name) => {
      await onClient(url, (client) => client.query(`create database ${pg.escapeIdentifier(name)}`))
      return url.replace(/\/postgres$/, `/${name}`)
    },
    restart: async (how) => {
      await end(signals[how])
      server = await run()
    },
    stop: async () => {
      await end('SIGINT')
      await rm(folder, { recursive: true, force: true })
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

function start(program: string, options: readonly string[]): ChildProcess {
  const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}
  const child = spawn(program, options, { stdio: ['ignore', 'ignore', 'pipe'], cwd: '/', ...identity })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4_000)))
  child.on('exit', (code) => {
    if (code !== 0 && code !== null) console.error(`${program} ended with ${code}:\n${said}`)
  })
  return child
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  await once(child, 'exit')
  return child.exitCode
}
