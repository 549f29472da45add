import { type SystemModel, watchManifest } from '@watertight/manifest'
import { locateDocument } from '../document/load-document.js'
import type { Terminal } from '../program/terminal.js'

/**
 * Hands on the document whenever it changes, one change after the other. What cannot be read or taken over is told, and
 * what was in force stays. Undefined for a document that came over standard input, and for a program: neither is followed.
 */
export function followManifest(
  file: string | undefined,
  apply: (changed: SystemModel) => Promise<void>,
  terminal: Terminal,
): { close(): void } | undefined {
  const path = file === '-' ? undefined : locateDocument(file, terminal)
  if (path === undefined || !/\.ya?ml$/.test(path)) return undefined
  const tell = (reason: string): void => {
    terminal.err.write(`${reason}; what was in force stays\n`)
  }
  let last = Promise.resolve()
  return watchManifest(path, {
    onChange: (changed) => {
      last = last
        .then(() => apply(changed))
        .catch((error: unknown) => tell(error instanceof Error ? error.message : String(error)))
    },
    onRefused: ({ message }) => tell(message),
  })
}
