import { link, rename, rm, writeFile } from 'node:fs/promises'
import { CommandError } from '../program/command-error.js'
import { diskTrouble } from '../program/disk-trouble.js'
import { EXIT } from '../program/exit-code.js'

/**
 * Writes a file in one step: whoever interrupts us leaves the old file or the new one, never half of one.
 *
 * @throws CommandError when the file cannot be written, or is there and must not be replaced.
 */
export async function writeWhole(path: string, text: string, replace: boolean): Promise<void> {
  const draft = `${path}.${process.pid}.draft`
  try {
    await writeFile(draft, text, { flag: 'wx' })
    // A link fails where a file has appeared meanwhile; a rename would replace it.
    await (replace ? rename(draft, path) : link(draft, path))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const reason = code === 'EEXIST' ? 'it is there already' : (diskTrouble(error) ?? message)
    throw new CommandError(`cannot write ${path}: ${reason}`, {
      code: 'WT_CANNOT_WRITE',
      exitCode: EXIT.usage,
      cause: error,
    })
  } finally {
    await rm(draft, { force: true })
  }
}
