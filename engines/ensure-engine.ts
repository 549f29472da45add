import type { Engine } from './engine.js'
import { enginesFolder, locateProgram, type Environment } from './locate.js'
import { runTool } from './run-tool.js'

/** How an engine stands after a look, or after an attempt to install it. */
export interface EngineReport {
  readonly name: string
  readonly state: 'present' | 'installed' | 'missing' | 'failed'
  readonly source: string
  /** What it says of itself; empty when it is not there. */
  readonly version: string
  readonly programs: Readonly<Record<string, string | null>>
  /** Why it is not there; empty when it is. */
  readonly error: string
}

const VERSION_MS = 60_000

/** Looks for an engine and installs it if it is not there. Run again, it finds what it has installed. */
export async function ensureEngine(engine: Engine, environment: Environment): Promise<EngineReport> {
  const found = await inspectEngine(engine, environment)
  if (found.state === 'present') return found
  try {
    await engine.install(enginesFolder(environment))
  } catch (error) {
    return { ...found, state: 'failed', error: error instanceof Error ? error.message : String(error) }
  }
  const installed = await inspectEngine(engine, environment)
  return installed.state === 'present'
    ? { ...installed, state: 'installed' }
    : { ...installed, state: 'failed', error: `it was installed, and still: ${installed.error}` }
}

/** Looks for an engine without changing anything. A program that does not start is not there. */
export async function inspectEngine(engine: Engine, environment: Environment): Promise<EngineReport> {
  const paths = engine.programs.map(
    (program) => [program, locateProgram(program, environment) ?? null] as const,
  )
  const report = { name: engine.name, source: engine.source, programs: Object.fromEntries(paths) }
  const absent = paths.filter(([, path]) => path === null).map(([program]) => program)
  const first = paths[0]?.[1] ?? null
  if (absent.length > 0 || first === null) {
    return { ...report, state: 'missing', version: '', error: `${absent.join(' and ')} cannot be found` }
  }
  const { exitCode, output } = await runTool(first, engine.versionArguments, { deadlineMs: VERSION_MS })
  if (exitCode !== (engine.versionExitCode ?? 0))
    return { ...report, state: 'missing', version: '', error: `it does not start: ${output}` }
  return {
    ...report,
    state: 'present',
    version: /\d+(\.\d+)+[\w.+-]*/.exec(output)?.[0] ?? 'unknown',
    error: '',
  }
}
