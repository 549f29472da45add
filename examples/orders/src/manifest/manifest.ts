import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  checkReading,
  loadProfile,
  type Profile,
  ProfileError,
  readManifest,
  type ServiceModel,
  type SystemModel,
} from '@watertight/manifest'
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
  /** As it lies there, before a profile changes it. */
  readonly text: string
  readonly profile: Profile | undefined
  readonly model: SystemModel
}

/**
 * The document, as a profile that lies beside it changes it.
 *
 * @throws {@link ManifestError} when the document has an error, or there is no such profile
 */
export function loadManifest(file: string = MANIFEST_FILE, profileName?: string): Manifest {
  const text = readFileSync(file, 'utf8')
  const profile = profileName === undefined ? undefined : profileOf(file, profileName)
  const reading = readManifest(profile?.apply(text) ?? text, file)
  const report = checkReading(reading)
  if (!report.ok || reading.system === undefined) {
    throw new ManifestError(`cannot run by ${file}:\n${renderHuman(report)}`)
  }
  return { file, text, profile, model: reading.system.model }
}

function profileOf(file: string, name: string): Profile {
  try {
    return loadProfile(file, name)
  } catch (error) {
    if (!(error instanceof ProfileError)) throw error
    throw new ManifestError(error.message, { cause: error })
  }
}

/** What the document says of one service. */
export function serviceOf(model: SystemModel, name: string): ServiceModel {
  const service = model.services.get(name)
  if (service !== undefined) return service
  const known = [...model.services.keys()].join(', ')
  throw new ManifestError(`cannot run ${name}: the services of the manifest are ${known}`)
}
