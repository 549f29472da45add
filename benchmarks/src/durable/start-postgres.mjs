import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

/** `nobody`: the server refuses to run as root. */
const nobody = 65_534
const startMsMax = 30_000

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

/**
 * A Postgres as it comes, every commit flushed to the disk, in a temporary folder.
 * @returns {Promise<{ createDatabase: (name: string) => Promise<string>, stop: () => Promise<void> }>}
 */
export async function startPostgres() {
  const folder = mkdtempSync(join(tmpdir(), 'watertight-bench-'))
  const identity = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : {}
  chmodSync(folder, 0o755)
  if (identity.uid !== undefined) chownSync(folder, nobody, nobody)
  const data = join(folder, 'data')
  const made = spawnSync('initdb', ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8'], {
    ...identity,
    cwd: '/',
  })
  if (made.status !== 0)
    throw new Error(`cannot measure: initdb failed\n${String(made.error ?? made.stderr)}`)
  const port = await freePort()
  const words = [
    '-D',
    data,
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    `unix_socket_directories=${folder}`,
  ]
  const child = spawn('postgres', [...words, '-c', 'max_connections=200'], {
    ...identity,
    cwd: '/',
    stdio: 'ignore',
  })
  const url = (database) => `postgres://postgres@127.0.0.1:${port}/${database}`
  await answers(url('postgres'))
  return {
    createDatabase: async (name) => {
      await onClient(url('postgres'), (client) => client.query(`create database ${name}`))
      return url(name)
    },
    stop: async () => {
      child.kill('SIGINT')
      await once(child, 'exit')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function answers(url) {
  const until = performance.now() + startMsMax
  for (;;) {
    try {
      return await onClient(url, (client) => client.query('select 1'))
    } catch (error) {
      if (performance.now() > until)
        throw new Error('cannot measure: Postgres does not answer', { cause: error })
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function onClient(url, work) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
