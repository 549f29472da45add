import { suggest } from '@watertight/manifest/tooling'
import { CommandError } from '../program/command-error.js'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { ENGINES } from './engines.js'
import { examine } from './examine.js'
import { examinationText } from './examination-text.js'

export interface DoctorOptions {
  readonly engines?: boolean
  readonly require?: readonly string[]
  readonly json?: boolean
}

/** Tells how the project stands here. Fails only when an engine that was asked for is missing. */
export async function runDoctor(
  { engines = false, require = [], json }: DoctorOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const names = Object.keys(ENGINES)
  const unknown = require.find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new CommandError(`cannot run doctor: --require must be ${names.join(' or ')}, got ${unknown}`, {
      code: 'WT_USAGE',
      exitCode: EXIT.usage,
      hint: suggest(unknown, names),
    })
  }
  const examination = await examine(terminal, engines || require.length > 0)
  const missing = (examination.engines ?? [])
    .filter(({ name, path }) => require.includes(name) && path === null)
    .map(({ name }) => name)
  const ok = missing.length === 0
  terminal.out.write(
    json === true
      ? jsonText({ schemaVersion: 1, ok, missing, ...examination })
      : examinationText(examination, missing, terminal.out.colours),
  )
  return ok ? EXIT.ok : EXIT.engineUnreachable
}
