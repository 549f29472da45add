import { CommandError } from './command-error.js'
import { jsonText } from './command-runner.js'
import { diskFailure } from './disk-trouble.js'
import { EXIT, type ExitCode } from './exit-code.js'
import type { Terminal } from './terminal.js'

/** Tells why a command failed: for people on standard error, and with `--json` for programs on standard output. */
export function reportFailure(terminal: Terminal, error: unknown, json: boolean): ExitCode {
  const failure = error instanceof CommandError ? error : fault(error)
  const { colours } = terminal.err
  terminal.err.write(`${colours.red(colours.bold('error'))} ${failure.message}\n`)
  if (failure.hint !== undefined) terminal.err.write(`  ${failure.hint.replaceAll('\n', '\n  ')}\n`)
  if (terminal.env['WATERTIGHT_DEBUG'] === '1' && error instanceof Error)
    terminal.err.write(`${error.stack ?? ''}\n`)
  if (json) {
    const { code, message, hint } = failure
    terminal.out.write(
      jsonText({ schemaVersion: 1, ok: false, error: { code, message, hint: hint ?? null } }),
    )
  }
  return failure.exitCode
}

function fault(error: unknown): CommandError {
  const disk = diskFailure(error)
  if (disk !== undefined)
    return new CommandError(disk, { code: 'WT_CANNOT_WRITE', exitCode: EXIT.usage, cause: error })
  const message = error instanceof Error ? error.message : String(error)
  return new CommandError(`internal error: ${message}`, {
    code: 'WT_FAULT',
    exitCode: EXIT.fault,
    hint: 'a bug in watertight, not in your document; WATERTIGHT_DEBUG=1 shows the stack',
    cause: error,
  })
}
