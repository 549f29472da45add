import { loadProfile, type Profile, ProfileError } from '@watertight/manifest'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { wrongWord } from '../program/wrong-word.js'
import { locateDocument } from './load-document.js'

/**
 * The profiles that somebody has named, of the document that a command is about; undefined where nobody has.
 *
 * @throws CommandError when there is none of that name, or it cannot be read
 */
export function profileOf(
  given: string | undefined,
  names: string | undefined,
  terminal: Terminal,
): Profile | undefined {
  if (names === undefined) return undefined
  if (given === '-')
    throw wrongWord(`cannot use profile ${names}: it lies beside a document, and standard input has no place`)
  try {
    const profile = loadProfile(locateDocument(given, terminal), names)
    profile.apply('')
    return profile
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error
    throw new CommandError(error.message, { code: error.code, exitCode: EXIT.usage, cause: error })
  }
}
