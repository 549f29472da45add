import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { ProgramPrefix } from './program-prefix.js'
import { wrongWord } from '../program/wrong-word.js'
import { type RunCommandOptions, withRun } from './with-run.js'

/** Shows the last lines of one program or of all, and with `--follow` all that come. */
export function tellLogs(
  program: string | undefined,
  options: RunCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const lines = Number(options.lines)
  if (!Number.isInteger(lines) || lines < 0 || lines > 1_000)
    throw wrongWord(`cannot show logs: --lines must be an integer from 0 to 1000, got ${options.lines}`)
  return withRun(options, terminal, async (run) => {
    const { programs } = await run.status()
    const prefix = new ProgramPrefix(terminal.out)
    prefix.expect(programs.map(({ name }) => name))
    const asked = { lines, follow: options.follow === true, ...(program === undefined ? {} : { program }) }
    for await (const { program: name, line } of run.logs(asked)) {
      if (options.json === true) terminal.out.write(`${JSON.stringify({ program: name, line })}\n`)
      else terminal.out.write(program === undefined ? prefix.before(name, line) : `${line}\n`)
    }
    return EXIT.ok
  })
}
