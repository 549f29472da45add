import { chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EngineStartError } from './engine-errors.js'
import { engineProgram } from './engine-programs.js'
import { type RunningEngine, runToEnd, startEngineProcess } from './engine-process.js'

const START_MS = 60_000
const FORMER_MS = 20_000
const POLL_MS = 200
const FORMER = /pre-existing shared memory block|lock file .* already exists/
/** The server refuses to run as root; as root it is run by `nobody`. */
const NOBODY = 65_534
const MAY_ENTER = 0o001

export interface PostgresOptions {
  /** Where its data is, from start to start; a new one is made. */
  readonly folder: string
  readonly port: number
  /** Of its superuser `postgres`, from its first start on. Default: whoever is on this machine needs none. */
  readonly password?: string | undefined
  /** Beyond the defaults: `{ fsync: 'off' }`. */
  readonly settings?: Readonly<Record<string, string>>
  readonly onLine?: (line: string) => void
}

/**
 * Starts a Postgres on 127.0.0.1.
 *
 * @throws {EngineMissingError} when it is not installed
 * @throws {EngineStartError} when it does not start
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningEngine> {
  const { folder, port, settings = {}, onLine } = options
  const program = engineProgram('postgres', 'postgres')
  const data = join(folder, 'data')
  const identity = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : undefined
  const common = { engine: 'postgres', cwd: '/', identity, onLine }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (identity !== undefined) {
    await chown(folder, NOBODY, NOBODY)
    await mayBeEntered(dirname(folder))
  }
  if (!(await isThere(join(data, 'PG_VERSION')))) await initialize(data, options, common)
  const given = Object.entries({
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const start = () =>
    startEngineProcess({
      ...common,
      program,
      words: ['-D', data, ...given],
      // What is under way is broken off, and what is committed is written: `pg_ctl stop -m fast`.
      stopSignal: 'SIGINT',
      isReady: (pid) => isReady(data, pid),
      startMs: START_MS,
    })
  return await afterTheFormer(start)
}

/** One that was killed leaves processes behind, which hold its memory until they have noticed, and are gone soon. */
async function afterTheFormer(start: () => Promise<RunningEngine>): Promise<RunningEngine> {
  const giveUpAt = performance.now() + FORMER_MS
  for (;;) {
    try {
      return await start()
    } catch (error) {
      const isHeld = error instanceof EngineStartError && FORMER.test(error.message)
      if (!isHeld || performance.now() > giveUpAt) throw error
    }
    await sleep(POLL_MS)
  }
}

async function initialize(
  data: string,
  { folder, password }: PostgresOptions,
  common: {
    readonly engine: string
    readonly cwd: string
    readonly identity: { uid: number; gid: number } | undefined
  },
): Promise<void> {
  // Half of one, left behind by a start that was cut off, is none.
  await rm(data, { recursive: true, force: true })
  const secret = join(folder, 'password')
  const access = password === undefined ? ['-A', 'trust'] : ['-A', 'scram-sha-256', '--pwfile', secret]
  try {
    if (password !== undefined) {
      await writeFile(secret, password, { mode: 0o600 })
      if (common.identity !== undefined) await chown(secret, NOBODY, NOBODY)
    }
    const words = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--no-sync', ...access]
    await runToEnd({ ...common, program: engineProgram('postgres', 'initdb'), words })
  } finally {
    await rm(secret, { force: true })
  }
}

/** By the file that `pg_ctl` waits by as well. One that was killed leaves its own behind, which is of another process. */
async function isReady(data: string, pid: number): Promise<boolean> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  return Number(lines[0]) === pid && lines[7]?.trim() === 'ready'
}

async function isThere(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}

/** Whoever is root gives the data to `nobody`, who must get there. */
async function mayBeEntered(folder: string): Promise<void> {
  for (let path = folder; path !== dirname(path); path = dirname(path)) {
    if (((await stat(path)).mode & MAY_ENTER) !== 0) continue
    throw new EngineStartError(
      'postgres',
      `Postgres does not run as root, and the user nobody, as which it runs instead, may not enter ${path}; ` +
        `chmod o+x it, keep the data in another folder, or run as another user`,
    )
  }
}
