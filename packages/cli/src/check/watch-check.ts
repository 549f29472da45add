import { readFileSync } from 'node:fs'
import { checkReading, type Profile, readManifest, type Report, watchManifest } from '@watertight/manifest'
import { CommandError } from '../program/command-error.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'

/** Tells a report, and answers with the exit code that it would have by itself. */
export type TellReport = (report: Report) => ExitCode

export interface WatchedDocument {
  readonly path: string
  /** The path as its user would write it. */
  readonly shown: string
  /** What changes it; a change of its own file counts from the next start on. */
  readonly profile?: Profile | undefined
}

/**
 * Checks a document, and again after each change, until the user interrupts it. Ends with the code of the last check.
 *
 * @throws CommandError when it is no file that can be followed
 */
export async function watchCheck(
  { path, shown, profile }: WatchedDocument,
  terminal: Terminal,
  tell: TellReport,
): Promise<ExitCode> {
  if (!/\.ya?ml$/.test(path)) {
    throw new CommandError(`cannot watch ${shown}: it must be a YAML file`, {
      code: 'WT_USAGE',
      exitCode: EXIT.usage,
    })
  }
  const text = readFileSync(path, 'utf8')
  const check = (read: string): ExitCode =>
    tell(checkReading(profile?.read(read, shown) ?? readManifest(read, shown)))
  let code = check(text)
  const again = (): void => {
    code = check(readFileSync(path, 'utf8'))
  }
  terminal.err.write(`watching ${shown}; end with Ctrl-C\n`)
  const watch = watchManifest(path, {
    text,
    profile,
    onChange: again,
    onRefused: ({ message, report }) => {
      if (report === undefined) terminal.err.write(`${message}\n`)
      else again()
    },
  })
  await interrupted()
  watch.close()
  return code
}

// The watch keeps no process alive, so a timer does.
async function interrupted(): Promise<void> {
  await new Promise<void>((resolve) => {
    const alive = setInterval(() => {}, 2 ** 30)
    process.once('SIGINT', () => {
      clearInterval(alive)
      resolve()
    })
  })
}
