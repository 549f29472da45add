import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { declarations } from '@watertight/manifest'
import { locateDocument, shownPath } from '../document/load-document.js'
import { readText } from '../document/read-text.js'
import { requireSystem } from '../document/require-system.js'
import { writeWhole } from '../init/write-whole.js'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'

export interface TypesOptions {
  readonly output?: string
  readonly check?: boolean
  readonly json?: boolean
}

/** Writes declarations of the manifest, or with `check` tells whether those that are there still hold. */
export async function runTypes(
  file: string | undefined,
  { output, check, json }: TypesOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { model } = await requireSystem(file, terminal)
  const path =
    output === undefined
      ? join(file === '-' ? terminal.cwd : dirname(locateDocument(file, terminal)), 'watertight.d.ts')
      : resolve(terminal.cwd, output)
  const shown = shownPath(path, terminal)
  const text = declarations(model)
  const before = existsSync(path) ? await readText(path, shown) : undefined
  const changed = before !== text
  if (changed && check !== true) await writeWhole(path, text, true)
  const ok = !changed || check !== true
  terminal.out.write(
    json === true
      ? jsonText({ schemaVersion: 1, ok, file: shown, changed })
      : said(shown, changed, ok, terminal),
  )
  return ok ? EXIT.ok : EXIT.findings
}

function said(shown: string, changed: boolean, ok: boolean, { out: { colours } }: Terminal): string {
  if (!ok) return `${colours.red('out of date')} ${shown}: run watertight types\n`
  return `${changed ? colours.green('wrote') : 'up to date:'} ${colours.bold(shown)}\n`
}
