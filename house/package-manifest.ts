import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the house reads of a package's `package.json`. */
export interface PackageManifest {
  readonly name: string
  /** A plain path is a data file: it has no declarations. */
  readonly exports?: Readonly<Record<string, string | { readonly types?: string }>>
}

/** One subpath that can be imported, and its declarations. */
export interface ReportedExport {
  /** `@watertight/policy/testing`. */
  readonly specifier: string
  readonly types: string
}

export function packageManifest(folder: string): PackageManifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as PackageManifest
}

/** The subpaths with code. There are none in a package that is a command and nothing else. */
export function reportedExports({ name, exports = {} }: PackageManifest): ReportedExport[] {
  return Object.entries(exports).flatMap(([subpath, target]) => {
    if (typeof target === 'string') return []
    const specifier = name + subpath.slice(1)
    if (target.types === undefined) throw new Error(`cannot report ${specifier}: its export must name types`)
    return [{ specifier, types: target.types }]
  })
}
