import { locateProgram } from '@watertight/deploy'
import type { Terminal } from '../program/terminal.js'
import { versionOf } from './version-of.js'

/** The programs that tests against the real thing work with: those that `npm run engines` installs. */
export const ENGINES: Readonly<Record<string, Program>> = {
  promtool: { purpose: 'checks metrics and alert rules' },
  prometheus: { purpose: 'stores metrics' },
  alertmanager: { purpose: 'sends alerts on to people' },
  amtool: { purpose: 'asks and checks Alertmanager' },
  envoy: { purpose: 'runs what compile --target envoy writes' },
  haproxy: { purpose: 'a proxy to compare with', versionFlag: '-v' },
  nginx: { purpose: 'a proxy to compare with', versionFlag: '-v' },
  'redis-server': { purpose: 'keeps the keys of idempotent requests' },
  'redis-sentinel': { purpose: 'promotes a replica of Redis' },
  wrk: { purpose: 'puts load on HTTP servers' },
  h2load: { purpose: 'puts load on HTTP/2 servers' },
  postgres: { purpose: 'keeps what is durable' },
  initdb: { purpose: 'makes a Postgres to test with' },
  pgbouncer: { purpose: 'pools connections to Postgres' },
  etcd: { purpose: 'says which Postgres is the primary, for Patroni' },
  patroni: { purpose: 'promotes a standby of Postgres when its primary fails' },
  'kafka-server': { purpose: 'keeps events that are relayed to it' },
  'kafka-storage': { purpose: 'makes a Kafka to test with' },
  temporal: { purpose: 'runs sagas as workflows' },
  'jaeger-all-in-one': { purpose: 'keeps traces and shows them', versionFlag: 'version' },
  'temporal-sdk': { purpose: 'the packages that run sagas on Temporal' },
  chromium: { purpose: 'shows the page of the console to its tests' },
  playwright: { purpose: 'drives Chromium in tests' },
}

interface Program {
  readonly purpose: string
  /** `--version` unless it is odd. */
  readonly versionFlag?: string
}

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
  return await Promise.all(
    Object.entries(ENGINES).map(async ([name, { purpose, versionFlag }]) => {
      const path = locateProgram(name, env)
      const version = path === undefined ? null : await versionOf(path, versionFlag)
      return { name, purpose, path: path ?? null, version }
    }),
  )
}
