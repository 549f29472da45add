import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type ManifestReading, readManifest } from '../reading/read-manifest.js'
import { suggest } from '../reading/suggest.js'
import { readSource } from '../source/read-source.js'
import { mergeProfile } from './merge-profile.js'

const EXTENSION = /\.ya?ml$/

/** A profile that is not there, or cannot be used. The message says which, and what to do. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError'
  readonly code = 'WT_PROFILE'
}

/** The same system by other means: what its files say instead of the document that they lie beside. */
export interface Profile {
  /** `engines`, or `engines+temporal` for several. */
  readonly name: string
  readonly files: readonly string[]
  /**
   * The document under this profile.
   *
   * @throws {ProfileError} when a file cannot be read as one
   */
  apply(text: string): string
  /**
   * Reads the document under this profile, with places in the file that says what holds there.
   *
   * @throws {ProfileError} when a file cannot be read as one
   */
  read(text: string, file: string): ManifestReading
}

/**
 * The profile of this name: `watertight.engines.yaml` beside `watertight.yaml` is its profile `engines`. Its maps are merged with
 * those of the document key by key, anything else takes the place of what stands there, and `null` takes a key away. Several,
 * divided by commas, are merged one after the other: what a later one says holds.
 *
 * @throws {ProfileError} when there is none, or it cannot be read
 * @example
 * import { mkdtempSync, writeFileSync } from 'node:fs'
 *
 * const folder = mkdtempSync('/tmp/shop-')
 * const text = 'watertight: v1\nsystem: shop\nstores: { main: embedded }\nservices: { order: { store: main } }\n'
 * writeFileSync(`${folder}/watertight.engines.yaml`, 'stores: { main: postgres }\n')
 * const profile = loadProfile(`${folder}/watertight.yaml`, 'engines')
 * const { system } = readManifest(profile.apply(text), `${folder}/watertight.yaml`)
 * console.log(system?.model.stores.get('main')?.kind) // postgres
 */
export function loadProfile(document: string, names: string): Profile {
  const profiles = names.split(',').map((name) => loadOne(document, name.trim()))
  const name = profiles.map((profile) => profile.name).join('+')
  const apply = (text: string): string => profiles.reduce((merged, profile) => profile.apply(merged), text)
  return {
    name,
    files: profiles.map(({ file }) => file),
    apply,
    read: (text, file) => {
      const reading = readManifest(apply(text), `${file} with profile ${name}`)
      const own = profiles.map((one) => readSource(one.changes, fileOf(file, one.name)).source)
      return { ...reading, source: reading.source.mergedOf([readSource(text, file).source, ...own]) }
    },
  }
}

/** One file of a profile. */
interface Changes {
  readonly name: string
  readonly file: string
  readonly changes: string
  apply(text: string): string
}

const fileOf = (document: string, name: string): string =>
  document.replace(EXTENSION, (extension) => `.${name}${extension}`)

function loadOne(document: string, name: string): Changes {
  const file = fileOf(document, name)
  if (!EXTENSION.test(document) || !/^[a-z][a-z0-9-]*$/.test(name))
    throw new ProfileError(
      `cannot use profile ${name === '' ? '""' : name}: its name must be of small letters, digits and hyphens, and the document a file of YAML, got ${document}`,
    )
  if (!existsSync(file)) {
    const known = profilesOf(document)
    const hint = known.length === 0 ? 'write that file with what it changes' : suggest(name, known)
    throw new ProfileError(`cannot use profile ${name}: there is no ${file}; ${hint}`)
  }
  const changes = readFileSync(file, 'utf8')
  const apply = (text: string): string => {
    try {
      return mergeProfile(text, changes)
    } catch (error) {
      throw new ProfileError(`cannot use profile ${name}: cannot read ${file}: ${(error as Error).message}`, {
        cause: error,
      })
    }
  }
  return { name, file, changes, apply }
}

/** The names of all profiles that lie beside a document. */
function profilesOf(document: string): string[] {
  const stem = `${basename(document).replace(EXTENSION, '')}.`
  return readdirSync(dirname(document) || '.')
    .filter((file) => file.startsWith(stem) && EXTENSION.test(file.slice(stem.length)))
    .map((file) => file.slice(stem.length).replace(EXTENSION, ''))
    .filter((name) => name !== '' && !name.includes('.') && join(name) === name)
}
