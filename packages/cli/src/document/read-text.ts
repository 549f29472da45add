import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'

// Twice what the reader of manifests accepts, so that it can say how much is too much.
export const TEXT_BYTES_MAX: number = 4_194_304

/**
 * The text of a file, at most its first 4 MiB.
 *
 * @throws CommandError when there is no such file, it cannot be read, or it is not UTF-8.
 */
export async function readText(path: string, shown: string): Promise<string> {
  try {
    const bytes = readBytes(path)
    // What was cut off may end within a character.
    const stream = bytes.length === TEXT_BYTES_MAX
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream })
  } catch (error) {
    throw await unreadable(path, shown, error)
  }
}

// In a loop, as a pipe (`<(command)` in a shell) has no size and gives a part at a time. At once, as nothing else is to
// do meanwhile, and the threads that would read take longer to start than the file to read.
function readBytes(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const parts: Buffer[] = []
    let left = TEXT_BYTES_MAX
    while (left > 0) {
      const part = Buffer.allocUnsafe(Math.min(left, Math.max(size, 65_536)))
      const bytesRead = readSync(file, part, 0, part.length, null)
      if (bytesRead === 0) break
      parts.push(part.subarray(0, bytesRead))
      left -= bytesRead
    }
    return Buffer.concat(parts)
  } finally {
    closeSync(file)
  }
}

async function unreadable(path: string, shown: string, error: unknown): Promise<CommandError> {
  const { code } = error as NodeJS.ErrnoException
  const reason = REASONS[code ?? ''] ?? (error as Error).message
  const hint = code === 'ENOENT' ? await similarFile(path) : undefined
  return new CommandError(`cannot read ${shown}: ${reason}`, {
    code: 'WT_UNREADABLE',
    exitCode: EXIT.invalidManifest,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  })
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission is denied',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it must be UTF-8 text',
}

async function similarFile(path: string): Promise<string | undefined> {
  const { nearestSpelling } = await import('@watertight/policy/options')
  const names = await readdir(dirname(path)).catch(() => [])
  const nearest = nearestSpelling(basename(path), names.slice(0, 1_000))
  return nearest === undefined ? undefined : `did you mean ${nearest}?`
}
