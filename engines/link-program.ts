import { rm, symlink } from 'node:fs/promises'
import { dirname, relative } from 'node:path'

/** Puts a program where programs are looked for. */
export async function linkProgram(target: string, path: string): Promise<void> {
  await rm(path, { force: true })
  // Relative, so that the folder can be moved, or mounted elsewhere.
  await symlink(relative(dirname(path), target), path)
}
