import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { watchManifest } from '@watertight/manifest'
import {
  AlreadyRunningError,
  ControlServer,
  describeEvent,
  PortTakenError,
  Run,
  type RunEvent,
} from '@watertight/supervisor'
import { locateDocument, shownPath } from '../document/load-document.js'
import { requireSystem } from '../document/require-system.js'
import { CommandError } from '../program/command-error.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import { packageFolder } from '../program/package-folder.js'
import type { Terminal } from '../program/terminal.js'
import { ProgramPrefix } from './program-prefix.js'
import { makeRunCertificates } from './run-certificates.js'
import { stopRequests } from './stop-requests.js'

export interface UpOptions {
  readonly manifest?: string
  readonly json?: boolean
}

const OWN = 'watertight'

/** Starts the system and keeps it running until it is told to stop. */
export async function runUp(options: UpOptions, terminal: Terminal): Promise<ExitCode> {
  const file = locateDocument(options.manifest, terminal)
  const text = readFileSync(file, 'utf8')
  const { model } = await requireSystem(options.manifest, terminal)
  const runnable = [...model.services.values()].filter(({ document }) => document.run !== undefined)
  if (runnable.length === 0) throw nothingToRun(shownPath(file, terminal))
  const control = new ControlServer()
  const show = shower(options.json === true, terminal)
  const onEvent = (event: RunEvent): void => {
    show(event)
    control.tell(event)
  }
  const say = (said: string): void => onEvent({ kind: 'document', text: said })
  const requests = stopRequests()
  for (const { name, isOurs, document } of model.services.values())
    if (isOurs && document.run === undefined) say(`${name} is not started: the document has no run for it`)
  const run = await Run.start({
    file,
    text,
    system: model,
    proxyCommand: [process.execPath, fileURLToPath(new URL('bin/watertight.cjs', packageFolder)), 'proxy'],
    makeCertificates: (document) => makeRunCertificates(document, model),
    onEvent,
  }).catch((error: unknown) => {
    throw explained(error)
  })
  await control.open(run, requests.ask)
  const watch = watchManifest(file, {
    text,
    onChange: (changed) => {
      run.change(changed, readFileSync(file, 'utf8')).then(
        () => say(`${shownPath(file, terminal)} has changed, and is in force`),
        (error: unknown) => say(`cannot take over the change: ${(error as Error).message}`),
      )
    },
    onRefused: ({ message }) => say(`${message}; what was in force stays`),
  })
  void run.ready.then(() => {
    if (requests.isAsked) return
    const { gatewayUrl } = run
    say(`everything is ready${gatewayUrl === undefined ? '' : `; the gateway is at ${gatewayUrl}`}`)
  })
  await requests.first
  watch.close()
  say('stopping in order; once more to stop at once')
  await Promise.race([run.stop(), requests.second.then(() => run.kill())])
  control.close()
  requests.close()
  return EXIT.ok
}

function shower(json: boolean, { out }: Terminal): (event: RunEvent) => void {
  if (json) return (event) => out.write(`${JSON.stringify(event)}\n`)
  const prefix = new ProgramPrefix(out)
  prefix.expect([OWN])
  return (event) => {
    if (event.kind === 'planned') prefix.expect(event.programs)
    const name = 'program' in event ? event.program : OWN
    const text = describeEvent(event)
    const { dim, red, yellow } = out.colours
    const paint =
      event.kind === 'log'
        ? (line: string) => line
        : event.kind === 'crash-loop'
          ? red
          : event.kind === 'died' || event.kind === 'hung' || event.kind === 'slow'
            ? yellow
            : dim
    out.write(prefix.before(name, text.split('\n').map(paint).join('\n')))
  }
}

function nothingToRun(file: string): CommandError {
  return new CommandError(`cannot start ${file}: no service says how it is run`, {
    code: 'WT_NOTHING_TO_RUN',
    exitCode: EXIT.findings,
    hint: 'write run below a service, such as run: node dist/order.js',
  })
}

function explained(error: unknown): unknown {
  if (error instanceof PortTakenError) {
    const { message, code } = error
    const hint = 'end that program, or change the port in the document'
    return new CommandError(message, { code, exitCode: EXIT.findings, hint, cause: error })
  }
  if (error instanceof AlreadyRunningError) {
    const { message, code } = error
    const hint = 'watertight status shows it; watertight stop ends it'
    return new CommandError(message, { code, exitCode: EXIT.findings, hint, cause: error })
  }
  return error
}
