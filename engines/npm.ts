import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError, type Engine } from './engine.js'
import { runTool } from './run-tool.js'

const INSTALL_MS = 300_000

export interface NpmEngineOptions {
  readonly name: string
  /** `name@version`; of the first, the version is told. */
  readonly packages: readonly [string, ...string[]]
}

/**
 * Packages that are too large for everybody's install, in a folder of the engine's name. Its one program, named as it is,
 * tells its version: what is looked for to see whether it is there.
 */
export function npmEngine({ name, packages }: NpmEngineOptions): Engine {
  const [first] = packages
  return {
    name,
    programs: [name],
    source: `npm package ${first}`,
    versionArguments: ['--version'],
    install: async (folder) => {
      const home = join(folder, name)
      await rm(home, { recursive: true, force: true })
      await mkdir(home, { recursive: true })
      await mkdir(join(folder, 'bin'), { recursive: true })
      const options = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', home]
      const installed = await runTool('npm', [...options, ...packages], { cwd: home, deadlineMs: INSTALL_MS })
      if (installed.exitCode !== 0)
        throw new EngineError(`cannot install ${first}: npm failed\n${installed.output}`)
      const told = first.slice(0, first.lastIndexOf('@'))
      const program = join(folder, 'bin', name)
      const script = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec node -p 'require(process.argv[1]).version' "$here/../${name}/node_modules/${told}/package.json"
`
      await writeFile(program, script)
      await chmod(program, 0o755)
    },
  }
}
