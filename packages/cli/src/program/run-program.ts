import { type Command, CommanderError } from 'commander'
import { CommandError } from './command-error.js'
import type { Work } from './command-runner.js'
import { createProgram } from './create-program.js'
import { EXIT, type ExitCode } from './exit-code.js'
import { reportFailure } from './report-failure.js'
import type { Terminal } from './terminal.js'
import { usageError } from './usage-error.js'

/** Runs the command line: the arguments after the program's name, and the exit code. Never throws. */
export async function runProgram(given: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const argv = given.map((word) => (word === '->' ? ARROW : word))
  let exitCode: ExitCode = EXIT.ok
  const run = async (work: Work, { json }: { readonly json?: boolean }): Promise<void> => {
    try {
      exitCode = await work(terminal)
    } catch (error) {
      exitCode = reportFailure(terminal, error, json === true)
    }
  }
  const program = createProgram(terminal, run)
  try {
    const [first, topic] = argv
    const group = argv.length === 1 ? groupNamed(program, first) : undefined
    if (first === undefined || (first === 'help' && topic === 'help')) program.outputHelp()
    else if (group !== undefined) group.outputHelp()
    else if (first === 'help' && topic !== undefined && !isCommand(program, topic))
      throw noSuchHelp(program, topic)
    else await program.parseAsync([...argv], { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok
    const told = error instanceof CommanderError ? usageError(error, program, argv) : error
    return reportFailure(terminal, told, argv.includes('--json'))
  }
  return exitCode
}

/** An arrow that does not look like an option. */
const ARROW = '→'

/** A command that only holds others: alone, it tells which. */
function groupNamed(program: Command, name: string | undefined): Command | undefined {
  return program.commands.find((command) => command.name() === name && command.commands.length > 0)
}

function isCommand(program: Command, name: string): boolean {
  return program.commands.some((command) => command.name() === name)
}

// Commander prints the whole help for a command that it does not know, without a word about it.
function noSuchHelp(program: Command, topic: string): CommandError {
  const names = program
    .createHelp()
    .visibleCommands(program)
    .map((command) => command.name())
  return new CommandError(`there is no command ${topic}`, {
    code: 'WT_USAGE',
    exitCode: EXIT.usage,
    hint: `there are ${names.join(', ')}`,
  })
}
