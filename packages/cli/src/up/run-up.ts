import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EngineMissingError } from '@watertight/deploy'
import type { Profile, SystemModel } from '@watertight/manifest'
import { suggest } from '@watertight/manifest/tooling'
import {
  AlreadyRunningError,
  ControlServer,
  followDocument,
  PortTakenError,
  type PortWishes,
  Run,
  type RunEvent,
  unheardAlerts,
} from '@watertight/supervisor'
import { locateDocument, shownPath } from '../document/load-document.js'
import { profileOf } from '../document/profile-of.js'
import { requireEnforceable } from '../document/require-system.js'
import { CommandError } from '../program/command-error.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import { packageFolder } from '../program/package-folder.js'
import type { Terminal } from '../program/terminal.js'
import { wrongWord } from '../program/wrong-word.js'
import { enginePages } from '../engines/engine-pages.js'
import { ENGINES_HINT } from '../engines/engines-hint.js'
import { stopRequests } from './stop-requests.js'
import { UpDrills } from './up-drills.js'
import type { UpConsole, UpConsoleOptions } from './up-console.js'
import { describeLoad, UpLoad, type UpLoadOptions, type WantedLoad, wantedLoad } from './up-load.js'
import { upOutput } from './up-output.js'
import { runFolderOf } from './with-run.js'

export interface UpOptions extends UpConsoleOptions, UpLoadOptions {
  readonly port?: string
  readonly freePorts?: boolean
  readonly without?: readonly string[]
  /** Default true: those of the document run by schedule. */
  readonly drills?: boolean
  readonly profile?: string
  readonly json?: boolean
}

/** What is to be run. */
interface Wanted {
  readonly file: string
  /** As it lies there, before the profile changes it. */
  readonly text: string
  readonly profile: Profile | undefined
  readonly model: SystemModel
  readonly ports: PortWishes
  readonly without: readonly string[]
  readonly load: WantedLoad | undefined
}

/** Starts the system and keeps it running until it is told to stop. */
export async function runUp(options: UpOptions, terminal: Terminal): Promise<ExitCode> {
  const wanted = await wantedBy(options, terminal)
  const { file, text, profile, model, ports, without } = wanted
  const control = new ControlServer()
  const show = upOutput(options.json === true, terminal)
  const onEvent = (event: RunEvent): void => {
    show(event)
    control.tell(event)
  }
  const say = (said: string): void => onEvent({ kind: 'document', text: said })
  const requests = stopRequests()
  const opened = await consoleOf(options, wanted, terminal)
  for (const line of notStarted(wanted)) say(line)
  const run = await Run.start({
    file,
    text: profile?.apply(text) ?? text,
    system: model,
    folder: runFolderOf(options, terminal),
    watertight: [process.execPath, fileURLToPath(new URL('bin/watertight.cjs', packageFolder))],
    ports,
    without,
    tracesUrl: opened?.tracesUrl,
    onEvent,
  }).catch(async (error: unknown) => {
    await opened?.console.close()
    throw explained(error)
  })
  await control.open(run, requests.ask)
  const watch = followDocument(run, { file, text, profile, shown: shownPath(file, terminal), say })
  if (opened !== undefined) show({ kind: 'console', url: opened.console.url, token: opened.console.token })
  let load: UpLoad | undefined
  let drills: UpDrills | undefined
  void run.ready.then(() => {
    if (requests.isAsked) return
    const { gatewayUrl } = run
    say(`everything is ready${gatewayUrl === undefined ? '' : `; the gateway is at ${gatewayUrl}`}`)
    for (const [name, url] of enginePages(run.status())) say(`${name} is at ${url}`)
    const unheard = unheardAlerts(model)
    if (unheard !== undefined) say(unheard)
    if (wanted.load !== undefined) {
      say(`sending ${describeLoad(wanted.load)}`)
      load = new UpLoad(wanted.load, run, show)
    }
    if (options.drills !== false)
      drills = new UpDrills(run, { file, profile: options.profile }, { show, control })
  })
  await requests.first
  const stop = async (): Promise<void> => {
    await drills?.close()
    await load?.stop()
    await run.stop()
  }
  watch.close()
  say('stopping in order; once more to stop at once')
  await Promise.race([stop(), requests.second.then(() => run.kill())])
  await opened?.console.close()
  control.close()
  requests.close()
  return EXIT.ok
}

/** Most runs go without one, and need not load it. */
async function consoleOf(
  options: UpOptions,
  wanted: Wanted,
  terminal: Terminal,
): Promise<UpConsole | undefined> {
  if (options.console === undefined) return undefined
  const { openUpConsole } = await import('./up-console.js')
  return await openUpConsole(options, options.console, wanted, terminal)
}

async function wantedBy(options: UpOptions, terminal: Terminal): Promise<Wanted> {
  const file = locateDocument(options.manifest, terminal)
  const text = readFileSync(file, 'utf8')
  const profile = profileOf(options.manifest, options.profile, terminal)
  const { model } = await requireEnforceable(options.manifest, terminal, profile)
  const runnable = [...model.services.values()].filter(({ document }) => document.run !== undefined)
  if (runnable.length === 0) throw nothingToRun(shownPath(file, terminal))
  const load = await wantedLoad(options, model, terminal)
  const programs = { ports: wishesOf(options), without: known(options.without ?? [], model) }
  return { file, text, profile, model, ...programs, load }
}

function notStarted({ model, without }: Wanted): string[] {
  const unsaid = [...model.services.values()].filter(
    ({ isOurs, document }) => isOurs && document.run === undefined,
  )
  return [
    ...unsaid.map(({ name }) => `${name} is not started: the document has no run for it`),
    ...without.map((name) => `${name} is not started: --without ${name}`),
  ]
}

function wishesOf({ port, freePorts = false }: UpOptions): PortWishes {
  if (port === undefined) return { free: freePorts }
  const gateway = Number(port)
  if (!/^\d+$/.test(port) || gateway > 65_535)
    throw wrongWord(`cannot start the system: --port must be an integer from 0 to 65535, got ${port}`)
  return { free: freePorts, gateway }
}

function known(names: readonly string[], { services }: SystemModel): readonly string[] {
  const wrong = names.find((name) => !services.has(name))
  if (wrong === undefined) return names
  throw new CommandError(`cannot leave out ${wrong}: there is no such service`, {
    code: 'WT_USAGE',
    exitCode: EXIT.usage,
    hint: suggest(wrong, [...services.keys()]),
  })
}

function nothingToRun(file: string): CommandError {
  return new CommandError(`cannot start ${file}: no service says how it is run`, {
    code: 'WT_NOTHING_TO_RUN',
    exitCode: EXIT.findings,
    hint: 'write run below a service, such as run: node dist/order.js',
  })
}

function explained(error: unknown): unknown {
  if (error instanceof EngineMissingError) {
    const { message, code } = error
    return new CommandError(message, {
      code,
      exitCode: EXIT.engineUnreachable,
      hint: ENGINES_HINT,
      cause: error,
    })
  }
  if (error instanceof PortTakenError) {
    const { message, code } = error
    const hint = 'end that program, change the port in the document, or take --port 0 or --free-ports'
    return new CommandError(message, { code, exitCode: EXIT.findings, hint, cause: error })
  }
  if (error instanceof AlreadyRunningError) {
    const { message, code } = error
    const hint = 'watertight status shows it; watertight stop ends it'
    return new CommandError(message, { code, exitCode: EXIT.findings, hint, cause: error })
  }
  return error
}
