import {
  explainCall,
  explainEvent,
  explainRoute,
  explainSaga,
  type ExplanationOptions,
  findingKinds,
  renderEvent,
  renderExplanation,
  renderRoute,
  renderSaga,
  suggest,
  UnknownCallError,
} from '@watertight/manifest/tooling'
import { profileOf } from '../document/profile-of.js'
import { type LoadedSystem, requireSystem } from '../document/require-system.js'
import { CommandError } from '../program/command-error.js'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { effectsOf, envoyLines } from './envoy-lines.js'
import { findingPage, paintPage } from './finding-page.js'
import { NEEDS, readSubject } from './read-subject.js'

export interface ExplainOptions {
  readonly manifest?: string
  /** The former name of `manifest`. */
  readonly file?: string
  readonly json?: boolean
  readonly profile?: string
}

/** Explains a call, or a finding by its code. */
export async function runExplain(
  words: readonly string[],
  { file, manifest = file, json, profile }: ExplainOptions,
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
  const system = await requireSystem(manifest, terminal, profileOf(manifest, profile, terminal))
  if (subject.kind === 'service') throw halfACall(subject.name, system)
  if (subject.kind === 'route') {
    const routes = refusable(() => explainRoute(system, subject.path))
    const options = { colour: out.colours.isColorSupported, width: out.columns }
    out.write(
      json === true
        ? jsonText({
            schemaVersion: 1,
            routes: routes.map((route) => ({ ...route, longestMs: bounded(route.longestMs) })),
          })
        : routes.map((route) => renderRoute(route, options)).join('\n'),
    )
    return EXIT.ok
  }
  if (subject.kind === 'saga' || subject.kind === 'event') {
    const options = { colour: out.colours.isColorSupported, width: out.columns }
    out.write(dataExplanation(subject, system, json === true ? undefined : options))
    return EXIT.ok
  }
  const explanation = refusable(() => explainCall(system, subject))
  const envoy = effectsOf(system, subject.from, subject.to)
  if (json === true) {
    const longestMs = bounded(explanation.longestMs)
    out.write(jsonText({ schemaVersion: 1, ...explanation, longestMs, envoy }))
  } else {
    out.write(renderExplanation(explanation, { colour: out.colours.isColorSupported, width: out.columns }))
    out.write(envoyLines(envoy, out))
  }
  return EXIT.ok
}

/** Without options, as JSON. */
function dataExplanation(
  { kind, name }: { readonly kind: 'saga' | 'event'; readonly name: string },
  system: LoadedSystem,
  options: ExplanationOptions | undefined,
): string {
  if (kind === 'saga') {
    const saga = refusable(() => explainSaga(system, name))
    return options === undefined ? jsonText({ schemaVersion: 1, saga }) : renderSaga(saga, options)
  }
  const event = refusable(() => explainEvent(system, name))
  return options === undefined ? jsonText({ schemaVersion: 1, event }) : renderEvent(event, options)
}

// JSON has no Infinity; null says that nothing limits the wait.
function bounded(longestMs: number): number | null {
  return Number.isFinite(longestMs) ? longestMs : null
}

function refusable<Explanation>(explain: () => Explanation): Explanation {
  try {
    return explain()
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
  if (name === 'gateway' && service === undefined) return noRoute(model.routes.map(({ match }) => match.path))
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

function noRoute(paths: readonly string[]): CommandError {
  const hint =
    paths.length === 0
      ? 'the gateway has no routes'
      : `its routes are ${[...new Set(paths)].slice(0, 12).join(', ')}: watertight explain gateway ${paths[0]}`
  return new CommandError(`cannot explain gateway: ${NEEDS}`, {
    code: 'WT_USAGE',
    exitCode: EXIT.usage,
    hint,
  })
}
