import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@watertight/deploy'

const START_MS = 60_000
/** `nobody`: Postgres refuses to run as root. */
const NOBODY = 65_534

export async function until(what: string, isSo: () => Promise<boolean>, limitMs = START_MS): Promise<void> {
  const giveUpAt = performance.now() + limitMs
  while (!(await isSo())) {
    if (performance.now() > giveUpAt) throw new Error(`cannot see ${what} within ${limitMs / 1_000} s`)
    await sleep(200)
  }
}

export const owner = (): [number, number] =>
  process.getuid?.() === 0 ? [NOBODY, NOBODY] : [process.getuid!(), process.getgid!()]

export const identity = (): object => (process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {})

/** Where a program lies that is started by its name. */
export function placeOf(program: string): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const found = folders.map((folder) => join(folder, program)).find((path) => existsSync(path))
  if (found === undefined)
    throw new Error(`cannot start Patroni: there is no ${program}; npm run engines brings it`)
  return realpathSync(found)
}

/** Where the programs of Postgres lie, those beside `postgres` among them; of the engines, one starts it for which they are unpacked. */
export function postgresFolder(): string {
  const found = dirname(placeOf('postgres'))
  return existsSync(join(found, 'pg_basebackup')) ? found : join(unpacked(found), 'usr/lib/postgresql/15/bin')
}

const unpacked = (bin: string): string => join(dirname(bin), 'postgres')

/** Those of an unpacked package lie beside it. */
export function postgresLibraries(): Record<string, string> {
  const found = dirname(placeOf('postgres'))
  if (existsSync(join(found, 'pg_basebackup'))) return {}
  const kinds = ['x86_64', 'aarch64'].map((kind) => join(unpacked(found), `usr/lib/${kind}-linux-gnu`))
  return { LD_LIBRARY_PATH: kinds.join(delimiter) }
}

export async function ports(count: number): Promise<number[]> {
  return await Promise.all(Array.from({ length: count }, () => freePort()))
}

export async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await Promise.race([ended, sleep(10_000)])
  child.kill('SIGKILL')
}
