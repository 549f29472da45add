import { fromDapr } from './dapr/dapr.js'
import { fromEnvoy } from './envoy/envoy.js'
import { fromMesh } from './mesh/mesh.js'
import { fromSpring } from './spring/spring.js'
import { springTexts } from './spring/spring-texts.js'
import type { ImportFormat } from './formats.js'
import { ImportError } from './import-error.js'
import { Ledger, type Unsupported } from './settings/ledger.js'
import {
  type ImportSource,
  type ImportText,
  namesOf,
  readYaml,
  shownNames,
} from './settings/import-source.js'
import type { Draft, ImportOptions } from './writing/draft.js'
import { manifestText } from './writing/manifest-text.js'

export interface Conversion {
  /** The text of a `watertight.yaml` that `watertight check` can read, with comments that name its sources. */
  readonly manifest: string
  /** Everything in the imported texts that the manifest does not hold, or holds differently. */
  readonly unsupported: readonly Unsupported[]
}

type Reader = (texts: readonly ImportText[], ledger: Ledger, options: ImportOptions) => Draft

const formats: Readonly<Record<ImportFormat, Reader>> = {
  resilience4j: (texts, ledger, options) => fromSpring(springTexts(texts, ledger, options), options),
  dapr: (texts, ledger, options) => fromDapr(yamlOf(texts, ledger), options),
  istio: (texts, ledger, options) => fromMesh('istio', yamlOf(texts, ledger), options),
  'gateway-api': (texts, ledger, options) => fromMesh('gateway-api', yamlOf(texts, ledger), options),
  linkerd: (texts, ledger, options) => fromMesh('linkerd', yamlOf(texts, ledger), options),
  envoy: (texts, ledger, options) => fromEnvoy(yamlOf(texts, ledger), options),
}

/** What can be read again: the limit of a manifest's own reader, in characters. */
const manifestMax = 2_097_152
const textsMax = 1_000
const charactersMax = 33_554_432

/**
 * Converts the configuration of another system into a manifest. What has no equivalent is named, never dropped.
 *
 * @throws ImportError when a text cannot be read as that format at all, or there would be more than a manifest may hold
 * @example
 * const text = 'resilience4j.retry.instances.payment: { maxAttempts: 4, failAfterMaxAttempts: true }'
 * const { manifest, unsupported } = convert('resilience4j', [{ file: 'application.yml', text }], { service: 'order' })
 * console.log(manifest.includes('attempts: 4 # application.yml:1 maxAttempts')) // true
 * console.log(unsupported.map(({ line }) => line)) // [1]
 */
export function convert(
  format: ImportFormat,
  texts: readonly ImportText[],
  options: ImportOptions = {},
): Conversion {
  const given = texts.filter(({ text }) => text.trim() !== '')
  if (given.length === 0) {
    throw new ImportError(`cannot import ${namesOf(texts)}: a document must stand there, got an empty file`)
  }
  refuseTooMuch(texts)
  const ledger = new Ledger()
  const draft = formats[format](given, ledger, options)
  const unsupported = ledger.list(texts.map(({ file }) => file))
  const manifest = manifestText(draft, format, given, unsupported)
  if (manifest.length > manifestMax) {
    throw new ImportError(
      `cannot import ${namesOf(texts)}: a manifest of at most 2 MiB is allowed, and this one would have ${(manifest.length / 1_048_576).toFixed(1)}, import in parts`,
    )
  }
  return { manifest, unsupported }
}

function refuseTooMuch(texts: readonly ImportText[]): void {
  const characters = texts.reduce((sum, { text }) => sum + text.length, 0)
  if (texts.length <= textsMax && characters <= charactersMax) return
  throw new ImportError(
    `cannot import ${namesOf(texts)}: at most ${textsMax} texts of 32 MiB in all are allowed, got ${texts.length} of ${(characters / 1_048_576).toFixed(1)} MiB, import in parts`,
  )
}

function yamlOf(texts: readonly ImportText[], ledger: Ledger): ImportSource[] {
  const shown = shownNames(texts)
  const sources = texts.map((text, index) => readYaml(text, shown[index] ?? text.file, ledger))
  if (sources.every(({ documents }) => documents.length === 0)) {
    throw new ImportError(`cannot import ${namesOf(texts)}: a document must stand there, got an empty file`)
  }
  return sources
}
