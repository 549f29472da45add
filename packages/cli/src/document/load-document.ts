import { statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import type { ManifestReading, Profile } from '@watertight/manifest'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { findManifest, manifestIn } from './find-manifest.js'
import { readText, TEXT_BYTES_MAX } from './read-text.js'

/**
 * Reads the document that a command is about: the named file, the manifest of the named folder, standard input for
 * `-`, or the nearest `watertight.yaml`; with what a profile changes in it.
 *
 * @throws CommandError when there is none, or it cannot be read.
 */
export async function loadDocument(
  given: string | undefined,
  terminal: Terminal,
  profile?: Profile,
): Promise<ManifestReading> {
  const { readManifest } = await import('@watertight/manifest')
  if (given === '-') return readManifest(await terminal.in.read(TEXT_BYTES_MAX), 'stdin')
  const path = locateDocument(given, terminal)
  const shown = shownPath(path, terminal)
  if (/\.[cm]?[jt]s$/.test(path)) {
    const { loadDefinition } = await import('./load-definition.js')
    return await loadDefinition(path, shown)
  }
  const text = await readText(path, shown)
  if (profile === undefined) return readManifest(text, shown)
  return profile.read(text, shown)
}

/** Where the document stands. */
export function locateDocument(given: string | undefined, terminal: Terminal): string {
  if (given === undefined) {
    const found = findManifest(terminal.cwd)
    if (found !== undefined) return found
    throw noManifest('cannot find a manifest: no watertight.yaml in this folder or any above it')
  }
  const path = resolve(terminal.cwd, given)
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return path
  const inside = manifestIn(path)
  if (inside !== undefined) return inside
  throw noManifest(`cannot find a manifest: no watertight.yaml in ${given}`)
}

function noManifest(message: string): CommandError {
  return new CommandError(message, {
    code: 'WT_NO_MANIFEST',
    exitCode: EXIT.invalidManifest,
    hint: 'watertight init writes one; or name a file',
  })
}

/** A path as its user would write it. */
export function shownPath(path: string, terminal: Terminal): string {
  const near = relative(terminal.cwd, path)
  return near.length < path.length ? near : path
}
