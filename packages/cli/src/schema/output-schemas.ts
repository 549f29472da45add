import { readdirSync, readFileSync } from 'node:fs'
import { packageFolder } from '../program/package-folder.js'

const folder = new URL('schemas/', packageFolder)
const SUFFIX = '.schema.json'

/** The commands whose `--json` output has a published schema. */
export function outputSchemas(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length))
    .sort()
}

/** The schema of what a command prints with `--json`; the command is one of `outputSchemas()`. */
export function outputSchema(command: string): string {
  return readFileSync(new URL(`${command}${SUFFIX}`, folder), 'utf8')
}
