import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const LIMIT_MS = 10_000
const OLD_ENOUGH = 'import sys; sys.exit(sys.version_info < (3, 8))'

/** The Python that runs tax: `PYTHON` of the environment, or `python3`; `undefined` where there is none of 3.8 or later. */
export async function findPython(environment: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const program = environment['PYTHON'] || 'python3'
  return promisify(execFile)(program, ['-c', OLD_ENOUGH], { timeout: LIMIT_MS }).then(
    () => program,
    () => undefined,
  )
}

/** What to say without one. */
export const PYTHON_MISSING =
  'There is no Python 3.8 or later here, so tax does not run: orders go on with an estimated tax. ' +
  'Install python3, or name one by PYTHON=/path/to/python3, and start again.'
