import cluster from 'node:cluster'
import { type ManifestDocument, readDocument, readManifest, type SystemModel } from '@watertight/manifest'
import { requireEnforceable } from '../document/require-system.js'
import { convertOrRefuse, readFormat } from '../migration/read-format.js'
import { tellUnsupported } from '../migration/tell-unsupported.js'
import { CommandError } from '../program/command-error.js'
import { EXIT } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'

/** Objects of Kubernetes that say how requests are routed. */
export interface MeshFiles {
  readonly format: 'istio' | 'gateway-api'
  /** Files and folders. */
  readonly paths: readonly string[]
}

type Maps = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>

/**
 * The system that objects of a mesh describe. A manifest may say what they do not: where services answer, where the
 * gateway listens, what it lets in. Where both speak of the same thing, the manifest counts; its own routes come after
 * theirs. What has no equivalent is told.
 *
 * @throws CommandError when either cannot be read, or they make no system together
 */
export async function meshSystem(
  { format, paths }: MeshFiles,
  manifest: string | undefined,
  terminal: Terminal,
): Promise<SystemModel> {
  const { texts, searched, notes } = await readFormat(format, paths, terminal)
  const { conversion } = convertOrRefuse(format, texts, {}, { searched, notes })
  // Workers read the same as the process that has started them.
  if (cluster.isPrimary) {
    for (const note of notes) terminal.err.write(`${note}\n`)
    tellUnsupported(conversion.unsupported, terminal)
  }
  const name = paths.join(', ')
  const imported = readManifest(conversion.manifest, name)
  const base =
    manifest === undefined ? undefined : (await requireEnforceable(manifest, terminal)).model.document
  const { system } = imported
  if (system === undefined) throw unusable(name, imported.problems[0]?.message)
  const merged = readDocument(together(system.model.document, base), name)
  const [problem] = merged.problems
  if (merged.system === undefined || problem !== undefined) throw unusable(name, problem?.message)
  return merged.system.model
}

function together(mesh: ManifestDocument, base: ManifestDocument | undefined): ManifestDocument {
  if (base === undefined) return mesh
  const routes = [...(mesh.gateway?.routes ?? []), ...(base.gateway?.routes ?? [])]
  return {
    ...mesh,
    ...base,
    policies: { ...mesh.policies, ...base.policies },
    services: bothOf(mesh.services as Maps, base.services as Maps),
    gateway: { ...mesh.gateway, ...base.gateway, routes },
  } as ManifestDocument
}

function bothOf(mesh: Maps = {}, base: Maps = {}): Maps {
  const names = new Set([...Object.keys(mesh), ...Object.keys(base)])
  return Object.fromEntries([...names].map((name) => [name, { ...mesh[name], ...base[name] }]))
}

function unusable(name: string, reason: string | undefined): CommandError {
  return new CommandError(`cannot run a proxy by ${name}: ${reason ?? 'it describes no system'}`, {
    code: 'WT_INVALID_MANIFEST',
    exitCode: EXIT.findings,
    hint: 'watertight import shows the manifest that comes of it',
  })
}
