import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The names that a manifest has, the preferred one first. */
const MANIFEST_NAMES: readonly string[] = [
  'watertight.yaml',
  'watertight.yml',
  'watertight.ts',
  'watertight.mjs',
  'watertight.js',
]

/** The manifest of a folder. */
export function manifestIn(folder: string): string | undefined {
  return MANIFEST_NAMES.map((name) => join(folder, name)).find((path) => existsSync(path))
}

/** The manifest of a folder or of the nearest folder above it. */
export function findManifest(folder: string): string | undefined {
  let current = folder
  for (;;) {
    const found = manifestIn(current)
    if (found !== undefined) return found
    const parent = dirname(current)
    if (parent === current) return undefined
    current = parent
  }
}
