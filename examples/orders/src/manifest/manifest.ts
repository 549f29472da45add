import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { checkReading, readManifest, type ServiceModel, type SystemModel } from '@watertight/manifest'
import { renderHuman } from '@watertight/manifest/tooling'

/** The document that says how every call behaves. `src` and `dist` are equally deep. */
export const MANIFEST_FILE: string = fileURLToPath(new URL('../../watertight.yaml', import.meta.url))

/** The document has an error; the message shows where, and how to mend it. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
  readonly code = 'ORDERS_MANIFEST'
}

/** A document that is in force. */
export interface Manifest {
  readonly file: string
  readonly text: string
  readonly model: SystemModel
}

/** @throws {@link ManifestError} when the document has an error */
export function loadManifest(file: string = MANIFEST_FILE): Manifest {
  const text = readFileSync(file, 'utf8')
  const reading = readManifest(text, file)
  const report = checkReading(reading)
  if (!report.ok || reading.system === undefined) {
    throw new ManifestError(`cannot run by ${file}:\n${renderHuman(report)}`)
  }
  return { file, text, model: reading.system.model }
}

/** What the document says of one service. */
export function serviceOf(model: SystemModel, name: string): ServiceModel {
  const service = model.services.get(name)
  if (service !== undefined) return service
  const known = [...model.services.keys()].join(', ')
  throw new ManifestError(`cannot run ${name}: the services of the manifest are ${known}`)
}
