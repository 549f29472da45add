import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The packages that a project may use. They are released together, under one version. */
const PACKAGES = [
  '@watertight/policy',
  '@watertight/http',
  '@watertight/telemetry',
  '@watertight/manifest',
  'watertight',
]

/** A package of Watertight that is installed for a project. */
export interface InstalledPackage {
  readonly name: string
  readonly version: string
}

/** Those that Node would find from a folder, in its own folder or above it. */
export function installedPackages(folder: string): InstalledPackage[] {
  return PACKAGES.flatMap((name) => {
    const version = versionIn(folder, name)
    return version === undefined ? [] : [{ name, version }]
  })
}

function versionIn(folder: string, name: string): string | undefined {
  try {
    const text = readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')
    return (JSON.parse(text) as { version?: string }).version
  } catch {
    const parent = dirname(folder)
    return parent === folder ? undefined : versionIn(parent, name)
  }
}
