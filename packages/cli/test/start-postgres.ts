import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '@watertight/durable'
import { freePort } from './free-port.js'

/** `nobody`: the server refuses to run as root. */
const NOBODY = 65_534
const isRoot = process.getuid?.() === 0

export interface RunningPostgres {
  readonly url: string
  stop(): Promise<void>
}

/** A Postgres of its own in a temporary folder, gone with the test. */
export async function startPostgres(): Promise<RunningPostgres> {
  const folder = mkdtempSync(join(tmpdir(), 'watertight-cli-postgres-'))
  chmodSync(folder, 0o755)
  if (isRoot) chownSync(folder, NOBODY, NOBODY)
  const data = join(folder, 'data')
  await once(run('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync']), 'exit')
  const port = await freePort()
  const server = run('postgres', ['-D', data, '-p', String(port), '-c', `unix_socket_directories=${folder}`])
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`
  await untilItAnswers(url)
  return {
    url,
    stop: async () => {
      server.kill('SIGINT')
      if (server.exitCode === null) await once(server, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function run(program: string, options: readonly string[]): ChildProcess {
  const identity = isRoot ? { uid: NOBODY, gid: NOBODY } : {}
  return spawn(program, options, { stdio: 'ignore', cwd: '/', ...identity })
}

async function untilItAnswers(url: string): Promise<void> {
  const store = openStore(url, { listenUrl: false })
  const deadline = performance.now() + 30_000
  for (;;) {
    try {
      await store.query('select 1')
      return await store.close()
    } catch (error) {
      if (performance.now() > deadline) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
