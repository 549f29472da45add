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
  const pattern = format === 'resilience4j' ? /\.(ya?ml|properties)$/ : /\.ya?ml$/
  const { files, notes } = listFiles(given, pattern, terminal)
  const texts = await readFiles(files, terminal)
  const { manifest, unsupported } = convertOrRefuse(format, texts, options)
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

function convertOrRefuse(
  format: ImportFormat,
  texts: readonly NamedText[],
  { system, service, profile }: ImportOptions,
): Conversion {
  try {
    return convert(format, texts, {
      ...(system === undefined ? {} : { system }),
      ...(service === undefined ? {} : { service }),
      ...(profile === undefined ? {} : { profiles: profile }),
    })
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
    const { file, line } = error
    const place = `at ${file ?? texts[0]?.file ?? ''}${line === undefined ? '' : `:${line}`}`
    throw new CommandError(error.message, {
      code: error.code,
      exitCode: EXIT.invalidManifest,
      hint: error.hint === undefined ? place : `${place}: ${error.hint}`,
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
