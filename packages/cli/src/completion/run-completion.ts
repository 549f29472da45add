import { script } from '@bomb.sh/tab'
import { nearestSpelling } from '@watertight/policy/options'
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
    const nearest = nearestSpelling(shell, SHELLS)
    throw new CommandError(`cannot write completion: <shell> must be bash, zsh or fish, got ${shell}`, {
      code: 'WT_USAGE',
      exitCode: EXIT.usage,
      ...(nearest === undefined ? {} : { hint: `did you mean ${nearest}?` }),
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
