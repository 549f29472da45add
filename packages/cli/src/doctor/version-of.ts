import { execFile } from 'node:child_process'

/** A program that says nothing for this long is not asked again. */
const DEADLINE_MS = 3_000

/** The version that a program prints, or null when it prints none in time. */
export function versionOf(
  path: string,
  flag: string = '--version',
  deadlineMs: number = DEADLINE_MS,
): Promise<string | null> {
  return new Promise((resolve) => {
    const limits = { timeout: deadlineMs, maxBuffer: 65_536, killSignal: 'SIGKILL' } as const
    const child = execFile(path, [flag], limits, (_error, stdout, stderr) => {
      // Some print their version on standard error, and some end with a code that is not 0.
      resolve(readVersion(`${stdout}\n${stderr}`))
    })
    child.stdin?.end()
  })
}

/** The first version number in a program's words. */
export function readVersion(text: string): string | null {
  return /(?<![\w.])v?(\d+\.\d+(?:\.\d+)*(?:[-+][\w.]+)?)/.exec(text)?.[1] ?? null
}
