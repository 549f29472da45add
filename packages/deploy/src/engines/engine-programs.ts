import { locateProgram } from '../run/locate-program.js'
import { EngineMissingError } from './engine-errors.js'

/** The engines that can be started here, the programs of each, and what these come with. */
const ENGINES = {
  postgres: { programs: ['postgres', 'initdb'], source: 'PostgreSQL 13 or later (Debian: postgresql-15)' },
  redis: { programs: ['redis-server'], source: 'Redis 7 (Debian: redis-server)' },
} as const

export type EngineName = keyof typeof ENGINES

export const engineNames: readonly EngineName[] = Object.keys(ENGINES) as EngineName[]

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The path of a program of an engine.
 *
 * @throws {EngineMissingError}
 */
export function engineProgram(engine: EngineName, program: string, environment?: Environment): string {
  const path = locateProgram(program, environment)
  if (path === undefined) throw new EngineMissingError(engine, program, ENGINES[engine].source)
  return path
}

/**
 * Looks for all programs of an engine, so that a missing one is told before anything is started.
 *
 * @throws {EngineMissingError}
 */
export function requireEngine(engine: EngineName, environment?: Environment): void {
  for (const program of ENGINES[engine].programs) engineProgram(engine, program, environment)
}
