import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'

/**
 * Where a program is that `npm run engines` installs, or that the system has.
 * @param {string} name
 * @returns {string | undefined}
 */
export function enginePath(name) {
  const cache = process.env.WATERTIGHT_ENGINES ?? join(homedir(), '.cache', 'watertight', 'engines')
  const folders = [join(cache, 'bin'), ...(process.env.PATH ?? '').split(delimiter), '/usr/sbin']
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
}
