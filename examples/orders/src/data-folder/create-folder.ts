import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Creates a folder and those above it that are missing. Step by step, since Node's recursive `mkdir` never returns where
 * the system creates nothing, as in /proc.
 */
export async function createFolder(path: string): Promise<void> {
  if (dirname(path) !== path && (await isMissing(dirname(path)))) await createFolder(dirname(path))
  try {
    await mkdir(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    if (!(await stat(path)).isDirectory()) throw error
  }
}

export async function isMissing(path: string): Promise<boolean> {
  return stat(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => error.code === 'ENOENT',
  )
}
