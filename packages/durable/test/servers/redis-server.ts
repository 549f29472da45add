import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askRedis, freePort, startRedis as startEngine } from '@watertight/deploy'

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
  const folder = await mkdtemp(join(tmpdir(), 'watertight-redis-'))
  const settings = {
    save: '""',
    appendonly: 'no',
    'repl-diskless-sync-delay': '0',
    ...(replicaOf === undefined ? {} : { replicaof: `127.0.0.1 ${replicaOf}` }),
  }
  const server = await startEngine({ folder, port, settings })
  const role = replicaOf === undefined ? /role:master/ : /master_link_status:up/
  await untilItSays(port, 'INFO replication', role)
  const end = async (ending: Promise<void>): Promise<void> => {
    await ending
    await rm(folder, { recursive: true, force: true })
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill: () => end(server.kill()),
    stop: () => end(server.stop()),
  }
}

/** A sentinel that watches the primary on that port, and so many replicas, one of which it puts in its place within seconds. */
export async function startSentinel(
  primaryPort: number,
  { replicas = 1, password }: { readonly replicas?: number; readonly password?: string } = {},
): Promise<RedisServer> {
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
${password === undefined ? '' : `requirepass ${password}\n`}`,
  )
  const server = spawn('redis-sentinel', [file], { stdio: 'ignore' })
  const look = `${password === undefined ? '' : `AUTH ${password}\r\n`}INFO sentinel`
  await untilItSays(port, look, new RegExp(`status=ok,.*slaves=${replicas}`))
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
  for (let said = await askRedis(port, command); !expected.test(said); said = await askRedis(port, command)) {
    if (performance.now() > deadline)
      throw new Error(`cannot reach Redis on ${port} within ${START_MS} ms; it said: ${said}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
