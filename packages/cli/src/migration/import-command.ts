import { resolve } from 'node:path'
import { type Conversion, convert, ImportError, type ImportFormat } from '@watertight/import'
import { checkManifest } from '@watertight/manifest'
import { readText, TEXT_BYTES_MAX } from '../document/read-text.js'
import { writeWhole } from '../init/write-whole.js'
import { CommandError } from '../program/command-error.js'
import { jsonText, plural } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'

export interface ImportOptions {
  readonly system?: string
  readonly service?: string
  readonly output?: string
  readonly force?: boolean
  readonly json?: boolean
}

/** Converts a file into a manifest, and names what has no equivalent. */
export async function runImport(
  format: ImportFormat,
  file: string,
  options: ImportOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const shown = file === '-' ? 'stdin' : file
  const text =
    file === '-' ? await terminal.in.read(TEXT_BYTES_MAX) : await readText(resolve(terminal.cwd, file), file)
  const { manifest, unsupported } = convertOrRefuse(format, text, shown, options)
  const { ok, findings } = checkManifest(manifest)
  const { output } = options
  if (output !== undefined) await writeWhole(resolve(terminal.cwd, output), manifest, options.force === true)
  if (options.json === true) {
    terminal.out.write(
      jsonText({ schemaVersion: 1, ok, format, from: shown, file: output ?? null, unsupported, manifest }),
    )
    return EXIT.ok
  }
  if (output === undefined) terminal.out.write(manifest)
  tell(unsupported, shown, output, terminal)
  const { colours } = terminal.err
  terminal.err.write(
    `next: ${colours.cyan('watertight check')} has ${plural(findings.length, 'finding')} for you\n`,
  )
  return EXIT.ok
}

function convertOrRefuse(
  format: ImportFormat,
  text: string,
  file: string,
  { system, service }: ImportOptions,
): Conversion {
  const names = {
    ...(system === undefined ? {} : { system }),
    ...(service === undefined ? {} : { service }),
  }
  try {
    return convert(format, text, { file, ...names })
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
    const line = error.line === undefined ? '' : `:${error.line}`
    throw new CommandError(error.message, {
      code: error.code,
      exitCode: EXIT.invalidManifest,
      hint: `at ${file}${line}`,
      cause: error,
    })
  }
}

// On standard error, so that standard output is the manifest alone.
function tell(
  unsupported: Conversion['unsupported'],
  file: string,
  output: string | undefined,
  { err }: Terminal,
): void {
  const { colours } = err
  if (output !== undefined) err.write(`${colours.green('wrote')} ${colours.bold(output)}\n`)
  if (unsupported.length === 0) return
  err.write(`${colours.yellow(plural(unsupported.length, 'setting'))} without an equivalent\n`)
  for (const { path, line, reason } of unsupported) {
    err.write(`  ${colours.dim(`${file}:${line}`)} ${path}: ${reason}\n`)
  }
}
