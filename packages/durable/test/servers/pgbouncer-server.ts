import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@watertight/deploy'
import { answers } from './postgres-server.js'

export interface PgbouncerServer {
  /** The same database as behind `url`, through the pooler. */
  readonly url: string
  stop(): Promise<void>
}

/** A pooler in transaction mode before the Postgres on `port`: a few connections of its own for however many callers. */
export async function startPgbouncer(port: number): Promise<PgbouncerServer> {
  const folder = await mkdtemp(join(tmpdir(), 'watertight-pgbouncer-'))
  await chmod(folder, 0o755)
  const file = join(folder, 'pgbouncer.ini')
  const listenPort = await freePort()
  await writeFile(join(folder, 'users'), '"postgres" ""\n')
  await writeFile(
    file,
    `[databases]
* = host=127.0.0.1 port=${port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listenPort}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, 'users')}
pool_mode = transaction
default_pool_size = 4
max_client_conn = 200
`,
  )
  const identity = process.getuid?.() === 0 ? ['-u', 'nobody'] : []
  const pooler = spawn('pgbouncer', ['-q', ...identity, file], { stdio: 'ignore' })
  const url = `postgres://postgres@127.0.0.1:${listenPort}/postgres`
  await answers(url)
  return {
    url,
    stop: async () => {
      if (pooler.exitCode === null) {
        pooler.kill('SIGKILL')
        await once(pooler, 'exit')
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}
