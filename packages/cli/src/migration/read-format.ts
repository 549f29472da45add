import { type Conversion, convert, ImportError, type ImportFormat } from '@watertight/import'
import { type Listing, listFiles, type NamedText, readFiles } from '../document/read-files.js'
import { CommandError } from '../program/command-error.js'
import { plural } from '../program/command-runner.js'
import { EXIT } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'

/** Files of a folder that may be of a format, where they are not YAML alone. */
const patterns: Readonly<Partial<Record<ImportFormat, RegExp>>> = {
  resilience4j: /\.(ya?ml|properties)$/,
  envoy: /\.(ya?ml|json)$/,
}

/** What a file of a folder must hold to be read; a file that is named is read whatever it holds. */
const signs: Readonly<Record<ImportFormat, RegExp>> = {
  resilience4j: /resilience4j|^[ \t]{0,100}(spring|feign)[.:]/m,
  dapr: /kind:\s*["']?Resiliency/,
  istio: /kind:\s*["']?(VirtualService|DestinationRule|ServiceEntry|Gateway|HTTPRoute|GRPCRoute|List)\b/,
  'gateway-api': /kind:\s*["']?(HTTPRoute|GRPCRoute|List)\b/,
  envoy: /static_?resources|envoy\.(config|api)\./i,
  linkerd: /kind:\s*["']?(ServiceProfile|HTTPRoute|GRPCRoute|List)\b|linkerd\.io\//,
}

/** What was found in files and folders. */
export interface FormatTexts {
  readonly texts: readonly NamedText[]
  /** Those that were found in a folder, and not named. */
  readonly searched: ReadonlySet<string>
  readonly notes: string[]
}

/** The files of a format that the arguments name, and that folders among them hold. */
export function filesOfFormat(format: ImportFormat, given: readonly string[], terminal: Terminal): Listing {
  return listFiles(given, patterns[format] ?? /\.ya?ml$/, terminal)
}

/** Reads files, and those of folders in which there is something of the format. */
export async function readFormat(
  format: ImportFormat,
  given: readonly string[],
  terminal: Terminal,
): Promise<FormatTexts> {
  const { files, searched, notes: skipped } = filesOfFormat(format, given, terminal)
  const all = await readFiles(files, terminal)
  const notes = [...skipped]
  const wanted = all.filter(({ file, text }) => !searched.has(file) || signs[format].test(text))
  if (wanted.length < all.length)
    notes.push(
      `${plural(all.length - wanted.length, 'file')} of the folders left out: nothing of ${format} in it`,
    )
  return { texts: wanted.length === 0 ? all : wanted, searched, notes }
}

/** What there is to say of the manifest beside the texts. */
export interface ConvertOptions {
  readonly system?: string
  readonly service?: string
  readonly profile?: readonly string[]
}

interface Folders {
  readonly searched: ReadonlySet<string>
  readonly notes: string[]
}

/**
 * Converts; a template that was found in a folder is left out, and said.
 *
 * @throws CommandError when a text cannot be read as that format
 */
export function convertOrRefuse(
  format: ImportFormat,
  texts: readonly NamedText[],
  options: ConvertOptions,
  { searched, notes }: Folders,
): { readonly conversion: Conversion; readonly texts: readonly NamedText[] } {
  const { system, service, profile } = options
  try {
    const conversion = convert(format, texts, {
      ...(system === undefined ? {} : { system }),
      ...(service === undefined ? {} : { service }),
      ...(profile === undefined ? {} : { profiles: profile }),
    })
    return { conversion, texts }
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
    const { file, hint } = error
    const rest = texts.filter((text) => text.file !== file)
    if (file !== undefined && hint !== undefined && searched.has(file) && rest.length > 0) {
      notes.push(`${file} is not read: ${hint}`)
      return convertOrRefuse(format, rest, options, { searched, notes })
    }
    throw new CommandError(error.message, {
      code: error.code,
      exitCode: EXIT.invalidManifest,
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    })
  }
}
