import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { checkReading, declarations, type SystemModel } from '@watertight/manifest'
import { loadDocument, locateDocument, shownPath } from '../document/load-document.js'
import { CommandError } from '../program/command-error.js'
import { plural } from '../program/command-runner.js'
import type { Terminal } from '../program/terminal.js'
import { version } from '../program/version.js'
import { type EngineState, findEngines } from './engines.js'
import { type InstalledPackage, installedPackages } from './installed-packages.js'
import { findPorts, type PortState } from './ports.js'

/** Everything that `doctor` found out about a project and the machine that it is on. */
export interface Examination {
  readonly watertight: string
  readonly node: { readonly version: string; readonly ok: boolean; readonly needed: string }
  readonly packages: readonly InstalledPackage[]
  readonly manifest: {
    /** Null when there is none. */
    readonly file: string | null
    readonly ok: boolean
    readonly message: string
  }
  /** The declarations that `watertight types` wrote; null where there are none. */
  readonly types: { readonly file: string; readonly ok: boolean } | null
  readonly ports: readonly PortState[]
  /** Null unless they were asked for. */
  readonly engines: readonly EngineState[] | null
}

const NODE_NEEDED = { major: 20, minor: 19 }

export async function examine(terminal: Terminal, withEngines: boolean): Promise<Examination> {
  return {
    watertight: version(),
    node: examineNode(process.versions.node),
    packages: installedPackages(terminal.cwd),
    ...(await examineDocument(terminal)),
    engines: withEngines ? await findEngines(terminal.env) : null,
  }
}

/** Whether a version of Node is new enough. */
export function examineNode(nodeVersion: string): Examination['node'] {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
  const ok = major > NODE_NEEDED.major || (major === NODE_NEEDED.major && minor >= NODE_NEEDED.minor)
  return { version: nodeVersion, ok, needed: `${NODE_NEEDED.major}.${NODE_NEEDED.minor}` }
}

async function examineDocument(
  terminal: Terminal,
): Promise<Pick<Examination, 'manifest' | 'types' | 'ports'>> {
  try {
    const reading = await loadDocument(undefined, terminal)
    const { findings, ok } = checkReading(reading)
    const count = (severity: string): number =>
      findings.filter((finding) => finding.severity === severity).length
    const message = `${plural(count('error'), 'error')}, ${plural(count('warning'), 'warning')}`
    const manifest = { file: reading.source.file, ok, message }
    if (reading.system === undefined) return { manifest, types: null, ports: [] }
    const { model } = reading.system
    return { manifest, types: examineTypes(model, terminal), ports: await findPorts(model) }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const hint = error.hint === undefined ? '' : ` (${error.hint})`
    return {
      manifest: { file: null, ok: false, message: `${error.message}${hint}` },
      types: null,
      ports: [],
    }
  }
}

/** Declarations that were never written are not missed: JavaScript needs none. */
function examineTypes(model: SystemModel, terminal: Terminal): Examination['types'] {
  const path = join(dirname(locateDocument(undefined, terminal)), 'watertight.d.ts')
  if (!existsSync(path)) return null
  const ok = readFileSync(path, 'utf8') === declarations(model)
  return { file: shownPath(path, terminal), ok }
}
