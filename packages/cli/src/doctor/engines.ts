import { accessSync, constants, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import type { Terminal } from '../program/terminal.js'
import { versionOf } from './version-of.js'

/** A program that some commands and tests work with. */
export interface Engine {
  readonly name: string
  readonly purpose: string
  /** Files that it may be, the preferred one first. */
  readonly programs: readonly string[]
  readonly versionArguments: readonly string[]
}

function engine(name: string, purpose: string, versionArgument = '--version', ...others: string[]): Engine {
  return { name, purpose, programs: [name, ...others], versionArguments: versionArgument.split(' ') }
}

export const ENGINES: readonly Engine[] = [
  engine('promtool', 'checks metrics and alert rules'),
  engine('prometheus', 'stores metrics'),
  engine('alertmanager', 'routes alerts', '--version', 'prometheus-alertmanager'),
  engine('envoy', 'runs what the manifest compiles to'),
  engine('haproxy', 'stands in front of services', '-v'),
  engine('nginx', 'stands in front of services', '-v'),
  engine('toxiproxy', 'makes networks bad', '-version', 'toxiproxy-server'),
  engine('java', 'runs Kafka', '-version'),
  engine('postgres', 'keeps outbox, sagas and read models', '--version', 'psql'),
  engine('pgbouncer', 'pools connections to Postgres'),
  engine('patroni', 'keeps Postgres available'),
  engine('redis-server', 'keeps shared state'),
  engine('redis-sentinel', 'keeps Redis available'),
  engine('etcd', 'elects leaders', '--version'),
  engine('temporal', 'runs workflows'),
  engine('kubeconform', 'checks Kubernetes objects', '-v'),
  engine('kube-apiserver', 'accepts Kubernetes objects'),
  engine('helm', 'packages Kubernetes objects', 'version --short'),
  engine('kubectl', 'talks to a cluster', 'version --client'),
  engine('docker', 'runs containers'),
  engine('dot', 'draws graphs', '-V'),
  engine('wrk', 'makes load', '-v'),
  engine('hyperfine', 'measures commands'),
]

/** An engine that was looked for. */
export interface EngineState {
  readonly name: string
  readonly purpose: string
  /** Where it is; null when it was not found. */
  readonly path: string | null
  /** What it says of itself; null when it was not found or did not answer in time. */
  readonly version: string | null
}

/** Looks for every engine, all at once, and asks each for its version. */
export async function findEngines(env: Terminal['env']): Promise<EngineState[]> {
  const folders = searchFolders(env)
  return await Promise.all(
    ENGINES.map(async ({ name, purpose, programs, versionArguments }) => {
      const path = programs
        .map((program) => findProgram(program, folders))
        .find((found) => found !== undefined)
      if (path === undefined) return { name, purpose, path: null, version: null }
      return { name, purpose, path, version: await versionOf(path, versionArguments) }
    }),
  )
}

// The rule of `npm run engines`: its folder, then the PATH. Debian keeps the servers of Postgres out of the PATH.
function searchFolders(env: Terminal['env']): string[] {
  const named = env['WATERTIGHT_ENGINES'] ?? ''
  const engines = named === '' ? join(env['HOME'] ?? homedir(), '.cache/watertight/engines') : resolve(named)
  const path = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const postgres = [18, 17, 16, 15, 14].map((version) => `/usr/lib/postgresql/${version}/bin`)
  return [join(engines, 'bin'), ...path, ...postgres]
}

function findProgram(program: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, program)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
