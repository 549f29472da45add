import { type SystemModel, watchManifest } from '@watertight/manifest'
import { locateDocument } from '../document/load-document.js'
import type { Terminal } from '../program/terminal.js'

/** Has what changes of a system handed on, as long as it is not closed; undefined where nothing can be followed. */
export type Follow = (apply: (changed: SystemModel) => Promise<void>) => { close(): void } | undefined

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
