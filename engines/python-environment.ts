import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError, type Engine } from './engine.js'
import { linkProgram } from './link-program.js'
import { runTool } from './run-tool.js'

const INSTALL_MS = 300_000

export interface PythonEnvironmentOptions {
  readonly name: string
  /** With their versions: `patroni==3.0.4`. The first one is what it is about. */
  readonly packages: readonly [string, ...string[]]
  /** What the packages put into `bin`. */
  readonly programs: readonly string[]
}

/** An engine that is written in Python: an environment of its own, with all that it needs, in a folder of its name. */
export function pythonEnvironmentEngine({ name, packages, programs }: PythonEnvironmentOptions): Engine {
  return {
    name,
    programs,
    source: `Python package ${packages[0].replace('==', ' ')}`,
    versionArguments: ['--version'],
    install: async (folder) => {
      await mkdir(join(folder, 'bin'), { recursive: true })
      const home = join(folder, name)
      await rm(home, { recursive: true, force: true })
      try {
        await run(name, 'python3', ['-m', 'venv', home])
        await run(name, join(home, 'bin/pip'), [
          'install',
          '--quiet',
          '--disable-pip-version-check',
          ...packages,
        ])
      } catch (error) {
        await rm(home, { recursive: true, force: true })
        throw error
      }
      for (const program of programs)
        await linkProgram(join(home, 'bin', program), join(folder, 'bin', program))
    },
  }
}

async function run(name: string, tool: string, toolArguments: readonly string[]): Promise<void> {
  const { exitCode, output } = await runTool(tool, toolArguments, { deadlineMs: INSTALL_MS })
  if (exitCode === 0) return
  const advice = 'install python3 with venv and pip, or put its programs on PATH by other means'
  throw new EngineError(`cannot install ${name}: ${tool} failed, ${advice}\n${output}`)
}
