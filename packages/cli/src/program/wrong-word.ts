import { CommandError } from './command-error.js'
import { EXIT } from './exit-code.js'

/** Something that was typed is not what it must be. */
export function wrongWord(message: string): CommandError {
  return new CommandError(message, { code: 'WT_USAGE', exitCode: EXIT.usage })
}
