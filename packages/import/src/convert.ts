import { fromDapr } from './dapr/dapr.js'
import { fromIstio } from './istio/istio.js'
import { fromResilience4j } from './resilience4j/resilience4j.js'
import type { ImportFormat } from './formats.js'
import { ImportError } from './import-error.js'
import { Ledger, type Unsupported } from './settings/ledger.js'
import { type ImportSource, readImport } from './settings/read-settings.js'
import type { Draft, DraftOptions } from './writing/draft.js'
import { manifestText } from './writing/manifest-text.js'

export interface ConvertOptions extends DraftOptions {
  /** The name of the imported file, for comments and messages. */
  readonly file: string
}

export interface Conversion {
  /** The text of a `watertight.yaml` that `watertight check` can read, with comments that name its sources. */
  readonly manifest: string
  /** Everything in the imported text that the manifest does not hold, or holds differently. */
  readonly unsupported: readonly Unsupported[]
}

const formats: Readonly<Record<ImportFormat, (source: ImportSource, options: DraftOptions) => Draft>> = {
  resilience4j: fromResilience4j,
  dapr: fromDapr,
  istio: fromIstio,
}

/** What can be read again: the limit of a manifest's own reader, in characters. */
const manifestMax = 2_097_152

/**
 * Converts the configuration of another system into a manifest. What has no equivalent is named, never dropped.
 *
 * @throws ImportError when the text cannot be read as that format at all, or would become more than a manifest may be
 * @example
 * const text = 'resilience4j.retry.instances.payment: { maxAttempts: 4, failAfterMaxAttempts: true }'
 * const { manifest, unsupported } = convert('resilience4j', text, { file: 'application.yml', service: 'order' })
 * console.log(manifest.includes('attempts: 4 # application.yml:1 maxAttempts')) // true
 * console.log(unsupported.map(({ line }) => line)) // [1]
 */
export function convert(format: ImportFormat, text: string, options: ConvertOptions): Conversion {
  const ledger = new Ledger()
  const draft = formats[format](readImport(text, options.file, ledger), options)
  const unsupported = ledger.list()
  const manifest = manifestText(draft, format, options.file, unsupported)
  if (manifest.length > manifestMax) {
    throw new ImportError(
      `cannot import ${options.file}: a manifest of at most 2 MiB is allowed, and this one would have ${(manifest.length / 1_048_576).toFixed(1)}, import in parts`,
    )
  }
  return { manifest, unsupported }
}
