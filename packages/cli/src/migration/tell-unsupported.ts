import { type Conversion, summarise } from '@watertight/import'
import { plural } from '../program/command-runner.js'
import type { Terminal } from '../program/terminal.js'

/** Names each setting that was read and has no equivalent, with its place and the reason. */
export function tellUnsupported(
  unsupported: Conversion['unsupported'],
  { err }: Pick<Terminal, 'err'>,
): void {
  const { colours } = err
  if (unsupported.length === 0) return
  err.write(`${colours.yellow(plural(unsupported.length, 'setting'))} without an equivalent\n`)
  for (const { file, path, line, reason } of summarise(unsupported)) {
    err.write(`  ${colours.dim(`${file}:${line}`)} ${path}: ${reason}\n`)
  }
}
