import {
  explainCall,
  findingKinds,
  renderExplanation,
  suggest,
  UnknownCallError,
} from '@watertight/manifest/tooling'
import { type LoadedSystem, requireSystem } from '../document/require-system.js'
import { CommandError } from '../program/command-error.js'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { findingPage, paintPage } from './finding-page.js'
import { NEEDS, readSubject } from './read-subject.js'

export interface ExplainOptions {
  readonly file?: string
  readonly json?: boolean
}

/** Explains a call, or a finding by its code. */
export async function runExplain(
  words: readonly string[],
  { file, json }: ExplainOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const subject = readSubject(words)
  const { out } = terminal
  if (subject.kind === 'finding') {
    const page = findingPage(subject.code)
    const kind = findingKinds.get(subject.code)
    out.write(
      json === true
        ? jsonText({ schemaVersion: 1, finding: { ...kind, page } })
        : paintPage(page, out.colours),
    )
    return EXIT.ok
  }
  const system = await requireSystem(file, terminal)
  if (subject.kind === 'service') throw halfACall(subject.name, system)
  const explanation = explain(system, subject)
  if (json === true) {
    // JSON has no Infinity; null says that nothing limits the wait.
    const longestMs = Number.isFinite(explanation.longestMs) ? explanation.longestMs : null
    out.write(jsonText({ schemaVersion: 1, ...explanation, longestMs }))
  } else {
    out.write(renderExplanation(explanation, { colour: out.colours.isColorSupported, width: out.columns }))
  }
  return EXIT.ok
}

function explain(...[system, call]: Parameters<typeof explainCall>): ReturnType<typeof explainCall> {
  try {
    return explainCall(system, call)
  } catch (error) {
    if (!(error instanceof UnknownCallError)) throw error
    const [message = '', hint] = error.message.split('; ')
    throw new CommandError(message, {
      code: error.code,
      exitCode: EXIT.usage,
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    })
  }
}

// A caller without a callee: the answer is the list to choose from.
function halfACall(name: string, { model }: LoadedSystem): CommandError {
  const service = model.services.get(name)
  const callees = service?.calls.map(({ to }) => to) ?? []
  const [first] = callees
  const list =
    first === undefined
      ? `${name} calls nobody`
      : `${name} calls ${callees.slice(0, 12).join(', ')}: watertight explain ${name} ${first}`
  const hint = service === undefined ? suggest(name, [...model.services.keys()]) : list
  const message =
    service === undefined
      ? `cannot explain ${name}: there is no service ${name}`
      : `cannot explain ${name}: ${NEEDS}`
  return new CommandError(message, { code: 'WT_USAGE', exitCode: EXIT.usage, hint })
}
