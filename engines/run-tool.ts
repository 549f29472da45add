import { spawn } from 'node:child_process'

export interface ToolResult {
  /** 127 when there is no such tool, as a shell has it. */
  readonly exitCode: number
  /** Standard output and standard error, in the order in which they came; the last of it, if there is much. */
  readonly output: string
}

export interface ToolOptions {
  readonly cwd?: string
  /** Beyond the environment of this process. */
  readonly env?: Readonly<Record<string, string>>
  readonly deadlineMs: number
}

const OUTPUT_CHARACTERS_MAX = 20_000

/** Runs a tool to its end, or kills it at its deadline; never throws for what the tool does. */
export function runTool(
  command: string,
  toolArguments: readonly string[],
  { cwd, env, deadlineMs }: ToolOptions,
): Promise<ToolResult> {
  return new Promise((resolve) => {
    const child = spawn(command, toolArguments, {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: deadlineMs,
      killSignal: 'SIGKILL',
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env: { ...process.env, ...env } }),
    })
    let output = ''
    const keep = (chunk: Buffer): void => {
      output = `${output}${chunk.toString()}`.slice(-OUTPUT_CHARACTERS_MAX)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => {
      resolve({ exitCode: 127, output: error.message })
    })
    child.once('close', (code, signal) => {
      const ending =
        signal === null ? '' : `\n${command} was ended by ${signal} after at most ${deadlineMs} ms`
      resolve({ exitCode: code ?? 1, output: `${output}${ending}`.trim() })
    })
  })
}
