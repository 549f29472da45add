import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { engineProgram } from './engine-programs.js'
import { type RunningEngine, startEngineProcess } from './engine-process.js'
import { freePort } from './free-ports.js'
import { isListening } from './is-listening.js'

const START_MS = 120_000
const ASK_MS = 20_000

/**
 * What the server of Temporal has otherwise is made for thousands of shards: each reads its queue 20 times a second at the most, and the one
 * of this server has every workflow. One that is alone waits for that 7 times in three activities: 416 ms, and 187 without. Eagerly, the
 * worker that asks for an activity has it in the answer.
 */
const settings = [
  'history.transferProcessorMaxPollRPS=1000',
  'system.enableActivityEagerExecution=true',
].flatMap((setting) => ['--dynamic-config-value', setting])

/** A file for everything, which every write locks and flushes: three to four times as many workflows a second, and what was told is safe from `kill -9`. */
const pragmas = ['journal_mode=wal', 'synchronous=normal'].flatMap((pragma) => ['--sqlite-pragma', pragma])

export interface TemporalOptions {
  /** Where it keeps what it has, in a file, from start to start. */
  readonly folder: string
  readonly port: number
  readonly onLine?: (line: string) => void
}

/**
 * Starts a Temporal on 127.0.0.1: its server for development, with a namespace `default`. It asks for no password.
 *
 * @throws {EngineMissingError} when it is not installed
 * @throws {EngineStartError} when it does not start
 */
export async function startTemporal({ folder, port, onLine }: TemporalOptions): Promise<RunningEngine> {
  const program = engineProgram('temporal', 'temporal')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const ports = ['--http-port', String(await freePort()), '--metrics-port', String(await freePort())]
  const words = ['server', 'start-dev', '--log-level', 'error', '--headless', '--ip', '127.0.0.1']
  const at = `127.0.0.1:${port}`
  // It takes connections before it has made the namespace that everybody asks for.
  let hasNamespace = false
  return await startEngineProcess({
    engine: 'temporal',
    program,
    words: [
      ...words,
      '--port',
      String(port),
      '--db-filename',
      join(folder, 'temporal.db'),
      ...ports,
      ...settings,
      ...pragmas,
    ],
    cwd: folder,
    isReady: async () => {
      if (!(await isListening(port))) return false
      hasNamespace ||= await succeeds(program, [
        'operator',
        'namespace',
        'describe',
        'default',
        '--address',
        at,
      ])
      return hasNamespace
    },
    startMs: START_MS,
    onLine,
  })
}

async function succeeds(program: string, words: readonly string[]): Promise<boolean> {
  return await new Promise((resolve) => {
    execFile(program, words, { timeout: ASK_MS }, (error) => resolve(error === null))
  })
}
