import { execFileSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const shown = /^(?!site\/|.*\bfixtures\/|.*\.github\/).*\.(md|svg|png)$/

/**
 * Copies the pages of the repository and their pictures to where the site's own packages are found, each to the path that it
 * has, so that its links mean the same in both.
 * @param {string} folder
 */
export function stage(folder) {
  rmSync(folder, { recursive: true, force: true })
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  })
  for (const file of files
    .toString()
    .split('\0')
    .filter((path) => shown.test(path)))
    cpSync(join(root, file), join(folder, file))
}
