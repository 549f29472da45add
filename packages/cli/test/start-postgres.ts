import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startPostgres as startEngine } from '@watertight/deploy'

export interface RunningPostgres {
  readonly url: string
  stop(): Promise<void>
}

/** A Postgres of its own in a temporary folder, gone with the test. */
export async function startPostgres(): Promise<RunningPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'watertight-cli-postgres-'))
  // The server may be run by somebody else.
  chmodSync(folder, 0o755)
  const port = await freePort()
  const server = await startEngine({ folder: join(folder, 'server'), port })
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
