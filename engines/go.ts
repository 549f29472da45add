import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError, type Engine } from './engine.js'
import { runTool } from './run-tool.js'

const BUILD_MS = 900_000

export interface GoEngineOptions {
  readonly name: string
  /** `path/of/command@version`. */
  readonly command: string
  /** The program that it becomes. */
  readonly program: string
}

/** An engine that is built from source by Go. */
export function goEngine({ name, command, program }: GoEngineOptions): Engine {
  return {
    name,
    programs: [program],
    source: `Go module ${command}`,
    versionArguments: ['--version'],
    install: async (folder) => {
      await mkdir(join(folder, 'bin'), { recursive: true })
      const workplace = await mkdtemp(join(folder, `${name}-`))
      try {
        const installed = await runTool('env', [`GOBIN=${workplace}`, 'go', 'install', command], {
          deadlineMs: BUILD_MS,
        })
        if (installed.exitCode !== 0) {
          const advice = 'install Go 1.23 or newer, or put its programs on PATH by other means'
          throw new EngineError(`cannot install ${command}: go failed, ${advice}\n${installed.output}`)
        }
        await rename(join(workplace, program), join(folder, 'bin', program))
      } finally {
        await rm(workplace, { recursive: true, force: true })
      }
    },
  }
}
