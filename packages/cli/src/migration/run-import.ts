import { resolve } from 'node:path'
import { type Conversion, convert, ImportError, type ImportFormat, summarise } from '@watertight/import'
import { checkManifest } from '@watertight/manifest'
import { listFiles, type NamedText, readFiles } from '../document/read-files.js'
import { writeWhole } from '../init/write-whole.js'
import { CommandError } from '../program/command-error.js'
import { jsonText, plural } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'

export interface ImportOptions {
  readonly system?: string
  readonly service?: string
  readonly profile?: readonly string[]
  readonly output?: string
  readonly force?: boolean
  readonly json?: boolean
}

/** Converts files into a manifest, and names what has no equivalent. */
export async function runImport(
  format: ImportFormat,
  given: readonly string[],
  options: ImportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const pattern = patterns[format] ?? /\.ya?ml$/
  const { files, searched, notes: skipped } = listFiles(given, pattern, terminal)
  const all = await readFiles(files, terminal)
  const notes = [...skipped]
  const wanted = all.filter(({ file, text }) => !searched.has(file) || signs[format].test(text))
  if (wanted.length < all.length)
    notes.push(
      `${plural(all.length - wanted.length, 'file')} of the folders left out: nothing of ${format} in it`,
    )
  const { conversion, texts } = convertOrRefuse(format, wanted.length === 0 ? all : wanted, options, {
    searched,
    notes,
  })
  const { manifest, unsupported } = conversion
  const { ok, findings } = checkManifest(manifest)
  const { output } = options
  if (output !== undefined) await writeWhole(resolve(terminal.cwd, output), manifest, options.force === true)
  if (options.json === true) {
    const from = texts.map(({ file }) => file)
    terminal.out.write(
      jsonText({
        schemaVersion: 1,
        ok,
        format,
        from: from.join(', '),
        files: from,
        file: output ?? null,
        unsupported,
        manifest,
      }),
    )
    return EXIT.ok
  }
  if (output === undefined) terminal.out.write(manifest)
  for (const note of notes) terminal.err.write(`${note}\n`)
  tell(unsupported, output, terminal)
  const { colours } = terminal.err
  terminal.err.write(
    `next: ${colours.cyan('watertight check')} has ${plural(findings.length, 'finding')} for you\n`,
  )
  return EXIT.ok
}

/** Files of a folder that may be of a format, where they are not YAML alone. */
const patterns: Readonly<Partial<Record<ImportFormat, RegExp>>> = {
  resilience4j: /\.(ya?ml|properties)$/,
  envoy: /\.(ya?ml|json)$/,
}

/** What a file of a folder must hold to be read; a file that is named is read whatever it holds. */
const signs: Readonly<Record<ImportFormat, RegExp>> = {
  resilience4j: /resilience4j|^[ \t]{0,100}(spring|feign)[.:]/m,
  dapr: /kind:\s*["']?Resiliency/,
  istio: /kind:\s*["']?(VirtualService|DestinationRule|HTTPRoute|GRPCRoute|List)\b/,
  'gateway-api': /kind:\s*["']?(HTTPRoute|GRPCRoute|List)\b/,
  envoy: /static_?resources|envoy\.(config|api)\./i,
  linkerd: /kind:\s*["']?(ServiceProfile|HTTPRoute|GRPCRoute|List)\b|linkerd\.io\//,
}

interface Folders {
  readonly searched: ReadonlySet<string>
  readonly notes: string[]
}

/** Converts; a template that was found in a folder is left out, and said. */
function convertOrRefuse(
  format: ImportFormat,
  texts: readonly NamedText[],
  options: ImportOptions,
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

// On standard error, so that standard output is the manifest alone.
function tell(unsupported: Conversion['unsupported'], output: string | undefined, { err }: Terminal): void {
  const { colours } = err
  if (output !== undefined) err.write(`${colours.green('wrote')} ${colours.bold(output)}\n`)
  if (unsupported.length === 0) return
  err.write(`${colours.yellow(plural(unsupported.length, 'setting'))} without an equivalent\n`)
  for (const { file, path, line, reason } of summarise(unsupported)) {
    err.write(`  ${colours.dim(`${file}:${line}`)} ${path}: ${reason}\n`)
  }
}
