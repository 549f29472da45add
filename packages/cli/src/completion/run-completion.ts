import { script } from '@bomb.sh/tab'
import { suggest } from '@watertight/manifest/tooling'
import { CommandError } from '../program/command-error.js'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { BASH_SCRIPT } from './bash-script.js'
import { printed } from './printed.js'

const SHELLS = ['bash', 'zsh', 'fish']

/** Prints the completion script of a shell. */
export function runCompletion(shell: string, json: boolean, { out }: Terminal): ExitCode {
  if (!SHELLS.includes(shell)) {
    throw new CommandError(`cannot write completion: <shell> must be bash, zsh or fish, got ${shell}`, {
      code: 'WT_USAGE',
      exitCode: EXIT.usage,
      hint: suggest(shell, SHELLS),
    })
  }
  const text =
    shell === 'bash'
      ? BASH_SCRIPT
      : printed(() => {
          script(shell, 'watertight', 'watertight')
        })
  out.write(json ? jsonText({ schemaVersion: 1, shell, script: text }) : text)
  return EXIT.ok
}
