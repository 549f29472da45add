import { resolve } from 'node:path'
import type { Conversion, ImportFormat } from '@watertight/import'
import { checkManifest } from '@watertight/manifest'
import { writeWhole } from '../init/write-whole.js'
import { jsonText, plural } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { convertOrRefuse, readFormat } from './read-format.js'
import { tellUnsupported } from './tell-unsupported.js'

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
  const { texts: found, searched, notes } = await readFormat(format, given, terminal)
  const { conversion, texts } = convertOrRefuse(format, found, options, {
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

// On standard error, so that standard output is the manifest alone.
function tell(
  unsupported: Conversion['unsupported'],
  output: string | undefined,
  { err }: Pick<Terminal, 'err'>,
): void {
  const { colours } = err
  if (output !== undefined) err.write(`${colours.green('wrote')} ${colours.bold(output)}\n`)
  tellUnsupported(unsupported, { err })
}
