import { checkReading } from '@watertight/manifest'
import { loadDocument } from '../document/load-document.js'
import { CommandError } from '../program/command-error.js'
import type { Terminal } from '../program/terminal.js'
import { version } from '../program/version.js'
import { type EngineState, findEngines } from './engines.js'
import { findPorts, type PortState } from './ports.js'

/** Everything that `doctor` found out. */
export interface Examination {
  readonly watertight: string
  readonly node: { readonly version: string; readonly ok: boolean; readonly needed: string }
  readonly manifest: {
    /** Null when there is none. */
    readonly file: string | null
    readonly ok: boolean
    readonly message: string
  }
  readonly ports: readonly PortState[]
  readonly engines: readonly EngineState[]
}

const NODE_NEEDED = { major: 20, minor: 19 }

export async function examine(terminal: Terminal): Promise<Examination> {
  const [document, engines] = await Promise.all([examineDocument(terminal), findEngines(terminal.env)])
  return { watertight: version(), node: examineNode(process.versions.node), ...document, engines }
}

/** Whether a version of Node is new enough. */
export function examineNode(nodeVersion: string): Examination['node'] {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
  const ok = major > NODE_NEEDED.major || (major === NODE_NEEDED.major && minor >= NODE_NEEDED.minor)
  return { version: nodeVersion, ok, needed: `${NODE_NEEDED.major}.${NODE_NEEDED.minor}` }
}

async function examineDocument(terminal: Terminal): Promise<Pick<Examination, 'manifest' | 'ports'>> {
  try {
    const reading = await loadDocument(undefined, terminal)
    const { findings, ok, score } = checkReading(reading)
    const count = (severity: string): number =>
      findings.filter((finding) => finding.severity === severity).length
    const practices = score === undefined ? '' : `, practices ${score.met} of ${score.of}`
    const message = `${count('error')} errors, ${count('warning')} warnings${practices}`
    const ports = reading.system === undefined ? [] : await findPorts(reading.system.model)
    return { manifest: { file: reading.source.file, ok, message }, ports }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const hint = error.hint === undefined ? '' : ` (${error.hint})`
    return { manifest: { file: null, ok: false, message: `${error.message}${hint}` }, ports: [] }
  }
}
