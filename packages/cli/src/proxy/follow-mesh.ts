import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { SystemModel } from '@watertight/manifest'
import { locateDocument } from '../document/load-document.js'
import { filesOfFormat } from '../migration/read-format.js'
import type { Terminal } from '../program/terminal.js'
import { type MeshFiles, meshSystem } from './mesh-system.js'

/** How often the files are looked at. Volumes of Kubernetes tell nobody that a file in them has changed. */
const LOOK_MS = 500

/**
 * Hands on the system of these files whenever one of them, or the manifest beside them, changes, comes or goes: once
 * nothing has changed for one look. What cannot be read or taken over is told, and what was in force stays. Undefined
 * for what came over standard input.
 */
export function followMesh(
  mesh: MeshFiles,
  manifest: string | undefined,
  apply: (changed: SystemModel) => Promise<void>,
  terminal: Terminal,
): { close(): void } | undefined {
  if (mesh.paths.includes('-') || manifest === '-') return undefined
  const look = (): string => stateOf(mesh, manifest, terminal)
  let inForce = look()
  let last = inForce
  let isBusy = false
  const timer = setInterval(() => {
    const now = look()
    const isQuiet = now === last
    last = now
    if (isBusy || !isQuiet || now === inForce) return
    inForce = now
    isBusy = true
    void meshSystem(mesh, manifest, terminal)
      .then(apply)
      .catch((error: unknown) => {
        terminal.err.write(
          `${error instanceof Error ? error.message : String(error)}; what was in force stays\n`,
        )
      })
      .finally(() => (isBusy = false))
  }, LOOK_MS).unref()
  return { close: () => clearInterval(timer) }
}

/** What tells this state of the files from another; a folder that cannot be read is a state, too. */
function stateOf({ format, paths }: MeshFiles, manifest: string | undefined, terminal: Terminal): string {
  try {
    const files = [...filesOfFormat(format, paths, terminal).files]
    if (manifest !== undefined) files.push(locateDocument(manifest, terminal))
    return files.map((file) => `${file} ${identityOf(resolve(terminal.cwd, file))}`).join('\n')
  } catch (error) {
    return String(error)
  }
}

function identityOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false })
  return found === undefined ? 'gone' : `${found.ino} ${found.size} ${found.mtimeMs}`
}
