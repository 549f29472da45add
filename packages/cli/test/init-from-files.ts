import { inFolder } from './run-process.js'
import { watertightHere } from './watertight-here.js'

/** What `init --json` prints, as far as tests look at it. */
export interface PrintedInit {
  readonly manifest: string
  readonly notes: readonly string[]
  readonly unused: readonly { readonly path: string; readonly count: number; readonly reason: string }[]
}

/** What `init --from` makes of these files. */
export async function initFromFiles(
  files: Readonly<Record<string, string>>,
  ...words: string[]
): Promise<PrintedInit> {
  let printed: PrintedInit | undefined
  await inFolder(files, async (cwd) => {
    const from = words.length > 0 ? words : Object.keys(files).flatMap((name) => ['--from', name])
    const { code, out, err } = await watertightHere(['init', '--dry-run', '--json', ...from], { cwd })
    if (code !== 0) throw new Error(out + err)
    printed = JSON.parse(out) as PrintedInit
  })
  if (printed === undefined) throw new Error('nothing was printed')
  return printed
}

/** Why something was not used. */
export const reasonOf = ({ unused }: PrintedInit, path: string): string | undefined =>
  unused.find((entry) => entry.path.includes(path))?.reason
