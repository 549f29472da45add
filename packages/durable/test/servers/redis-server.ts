import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port.js'

const START_MS = 20_000

export interface RedisServer {
  readonly url: string
  readonly port: number
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** A Redis of its own that writes nothing to the disk; a replica of the one on `replicaOf`. */
export async function startRedis(replicaOf?: number): Promise<RedisServer> {
  const port = await freePort()
  const replica = replicaOf === undefined ? [] : ['--replicaof', `127.0.0.1 ${replicaOf}`]
  const options = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--repl-diskless-sync-delay',
    '0',
  ]
  const server = spawn('redis-server', [...options, ...replica], { stdio: 'ignore', cwd: tmpdir() })
  await untilItSays(
    port,
    'INFO replication',
    replicaOf === undefined ? /role:master/ : /master_link_status:up/,
  )
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill: () => ended(server, 'SIGKILL'),
    stop: () => ended(server, 'SIGTERM'),
  }
}

/** A sentinel that watches the primary on that port, and so many replicas, one of which it puts in its place within seconds. */
export async function startSentinel(primaryPort: number, replicas = 1): Promise<RedisServer> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'watertight-sentinel-'))
  const file = join(folder, 'sentinel.conf')
  await writeFile(
    file,
    `port ${port}
bind 127.0.0.1
dir ${folder}
sentinel monitor keys 127.0.0.1 ${primaryPort} 1
sentinel down-after-milliseconds keys 500
sentinel failover-timeout keys 3000
`,
  )
  const server = spawn('redis-sentinel', [file], { stdio: 'ignore' })
  await untilItSays(port, 'INFO sentinel', new RegExp(`status=ok,.*slaves=${replicas}`))
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    await ended(server, signal)
    await rm(folder, { recursive: true, force: true })
  }
  return {
    url: `redis+sentinel://127.0.0.1:${port}/keys`,
    port,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}

async function ended(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  server.kill(signal)
  await once(server, 'exit')
}

/** Waits until a server answers a command as expected. */
async function untilItSays(port: number, command: string, expected: RegExp): Promise<void> {
  const deadline = performance.now() + START_MS
  let said = ''
  while (!expected.test(said)) {
    if (performance.now() > deadline) {
      throw new Error(`cannot reach Redis on ${port} within ${START_MS} ms; it said: ${said}`)
    }
    said = await ask(port, command).catch(() => '')
    if (!expected.test(said)) await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function ask(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  try {
    socket.write(`${command}\r\n`)
    const [said] = (await once(socket, 'data')) as [Buffer]
    return said.toString()
  } finally {
    socket.destroy()
  }
}
