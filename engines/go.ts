import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError, type Engine } from './engine.js'
import { runTool } from './run-tool.js'

/** Half an hour: it may have no more than what others leave of a machine. */
const BUILD_MS = 1_800_000
/** A compiler that collects its garbage less often takes a tenth less time. */
const env = { GOGC: '400' }

export interface GoEngineOptions {
  readonly name: string
  /** `path/of/command@version`. */
  readonly command: string
  /** The program that it becomes. */
  readonly program: string
  /** Default `--version`. */
  readonly versionArguments?: readonly string[]
}

/** An engine that is built from source by Go. */
export function goEngine({
  name,
  command,
  program,
  versionArguments = ['--version'],
}: GoEngineOptions): Engine {
  return {
    name,
    programs: [program],
    source: `Go module ${command}`,
    versionArguments,
    install: async (folder) => {
      await mkdir(join(folder, 'bin'), { recursive: true })
      const workplace = await mkdtemp(join(folder, `${name}-`))
      try {
        for (const words of stepsTo(command, program)) await runGo(command, workplace, words)
        await rename(join(workplace, program), join(folder, 'bin', program))
      } finally {
        await rm(workplace, { recursive: true, force: true })
      }
    },
  }
}

/** In a module of its own: `go install` refuses a module that says where others are found. */
function stepsTo(command: string, program: string): readonly (readonly string[])[] {
  const [path = '', version = ''] = command.split('@')
  const binary = ['build', '-ldflags', '-s -w', '-o', program, path]
  return [['mod', 'init', 'engine'], ['get', '-tool', `${path}@${version}`], binary]
}

async function runGo(command: string, workplace: string, words: readonly string[]): Promise<void> {
  const { exitCode, output } = await runTool('go', words, { cwd: workplace, env, deadlineMs: BUILD_MS })
  if (exitCode === 0) return
  const advice = 'install Go 1.24 or newer, or put its programs on PATH by other means'
  throw new EngineError(`cannot install ${command}: go ${words[0] ?? ''} failed, ${advice}\n${output}`)
}
