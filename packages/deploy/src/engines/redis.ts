import { mkdir, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { engineProgram } from './engine-programs.js'
import { type RunningEngine, startEngineProcess } from './engine-process.js'

const START_MS = 20_000
const ANSWER_MS = 1_000

export interface RedisOptions {
  /** Where its configuration is, and what it keeps, from start to start. */
  readonly folder: string
  readonly port: number
  /** Default: whoever is on this machine needs none. */
  readonly password?: string | undefined
  /** Lines of its configuration beyond ours: `{ save: '""', appendonly: 'no' }`. */
  readonly settings?: Readonly<Record<string, string>>
  readonly onLine?: (line: string) => void
}

/**
 * Starts a Redis on 127.0.0.1. What it has acknowledged is on the disk within a second.
 *
 * @throws {EngineMissingError} when it is not installed
 * @throws {EngineStartError} when it does not start
 */
export async function startRedis(options: RedisOptions): Promise<RunningEngine> {
  const { folder, port, password, settings = {}, onLine } = options
  const program = engineProgram('redis', 'redis-server')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'redis.conf')
  const configuration = {
    port: String(port),
    bind: '127.0.0.1',
    dir: JSON.stringify(folder),
    appendonly: 'yes',
    ...(password === undefined ? {} : { requirepass: JSON.stringify(password) }),
    ...settings,
  }
  const lines = Object.entries(configuration).map(([name, value]) => `${name} ${value}\n`)
  // A file, since whoever can see the words of a process would see the password.
  await writeFile(file, lines.join(''), { mode: 0o600 })
  return await startEngineProcess({
    engine: 'redis',
    program,
    words: [file],
    cwd: folder,
    isReady: async () => /\+PONG|NOAUTH/.test(await askRedis(port, 'PING')),
    startMs: START_MS,
    onLine,
  })
}

/** What a Redis on 127.0.0.1 answers to one command; nothing when it does not. */
export async function askRedis(port: number, command: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  try {
    socket.write(`${command}\r\n`)
    const [said] = (await once(socket, 'data', { signal: AbortSignal.timeout(ANSWER_MS) })) as [Buffer]
    return said.toString()
  } catch {
    return ''
  } finally {
    socket.destroy()
  }
}
