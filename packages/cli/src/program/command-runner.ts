import type { ExitCode } from './exit-code.js'
import type { Terminal } from './terminal.js'

/** The work behind a command. */
export type Work = (terminal: Terminal) => Promise<ExitCode> | ExitCode

/** Runs a command's work. `json` says in which form a failure is told. */
export type CommandRunner = (work: Work, options: { readonly json?: boolean }) => Promise<void>

/** `2 services`, `1 call`. */
export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

/** A result for programs: indented, so that people can read it too. */
export function jsonText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
