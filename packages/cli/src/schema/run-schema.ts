import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { suggest } from '@watertight/manifest/tooling'
import { CommandError } from '../program/command-error.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { outputSchema, outputSchemas } from './output-schemas.js'

/** Prints the schema of the manifest, or of the JSON that a command prints. */
export function runSchema(command: string | undefined, { out }: Terminal): ExitCode {
  if (command === undefined) {
    out.write(
      readFileSync(
        createRequire(import.meta.url).resolve('@watertight/manifest/manifest.schema.json'),
        'utf8',
      ),
    )
    return EXIT.ok
  }
  const known = outputSchemas()
  if (!known.includes(command)) {
    throw new CommandError(
      `cannot print a schema for ${JSON.stringify(command)}: one of ${known.join(', ')} is allowed`,
      { code: 'WT_USAGE', exitCode: EXIT.usage, hint: suggest(command, known) },
    )
  }
  out.write(outputSchema(command))
  return EXIT.ok
}
