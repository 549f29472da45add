import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Postgres } from '../src/postgres/postgres.js'
import { freePorts } from '../src/supervisor/free-ports.js'

const program = fileURLToPath(new URL('../dist/postgres/main.js', import.meta.url))
const running: ChildProcess[] = []

export interface Database {
  readonly postgres: Postgres
  readonly url: string
  readonly kill: () => Promise<void>
}

/** The process of the database, with its files in `folder`. */
export async function startDatabase(folder: string, port?: number): Promise<Database> {
  const [free] = port === undefined ? await freePorts(1) : [port]
  const url = `http://127.0.0.1:${free}`
  const child = spawn(process.execPath, [program], {
    env: {
      ...process.env,
      POSTGRES_FOLDER: join(folder, 'database', 'postgres'),
      POSTGRES_PORT: String(free),
      POSTGRES_TOKEN: 'token',
    },
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  running.push(child)
  const kill = async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { postgres: new Postgres({ url, token: 'token', awayMs: 60_000 }), url, kill }
}

/** Lets all of them close their files. */
export async function stopDatabases(): Promise<void> {
  await Promise.all(
    running.splice(0).map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    }),
  )
}
