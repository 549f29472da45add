import { once } from 'node:events'
import { resolve } from 'node:path'
import { type EngineName, engineNames, EngineMissingError } from '@watertight/deploy'
import { suggest } from '@watertight/manifest/tooling'
import { shownPath } from '../document/load-document.js'
import { CommandError } from '../program/command-error.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { wrongWord } from '../program/wrong-word.js'
import { ENGINES_HINT } from './engines-hint.js'
import { startEngine } from './start-engine.js'
import { tellReady } from './tell-ready.js'

export interface ServeEngineOptions {
  readonly json?: boolean
  readonly port: string
  readonly admin?: string
  readonly database?: readonly string[]
  readonly run?: string
  readonly alertmanager?: string
  readonly collector?: string
}

/** Runs a real server until it is told to stop, or the server ends. */
export async function serveEngine(
  given: string,
  folder: string,
  options: ServeEngineOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const name = known(given)
  const path = resolve(terminal.cwd, folder)
  const stop = Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
  const engine = await startEngine(name, {
    folder: path,
    port: portOf('--port', options.port),
    password: terminal.env['WATERTIGHT_STORE_PASSWORD'],
    databases: options.database ?? [],
    webhook: terminal.env['WATERTIGHT_ALERTS_WEBHOOK'],
    run: options.run === undefined ? undefined : resolve(terminal.cwd, options.run),
    alertmanagerPort: optionalPort('--alertmanager', options.alertmanager),
    collectorPort: optionalPort('--collector', options.collector),
    onLine: (line) => terminal.err.write(`${line}\n`),
  }).catch((error: unknown) => {
    throw explained(error)
  })
  const admin =
    options.admin === undefined ? undefined : await tellReady(engine, portOf('--admin', options.admin))
  terminal.out.write(`${name} is ready on ${options.port}, with its data in ${shownPath(path, terminal)}\n`)
  const how = await Promise.race([engine.ended, stop.then(() => undefined)])
  if (how === undefined) await engine.stop()
  admin?.close()
  if (how === undefined) return EXIT.ok
  throw new CommandError(`${name} has ended: ${how}`, {
    code: 'WT_ENGINE_ENDED',
    exitCode: EXIT.engineUnreachable,
  })
}

function known(given: string): EngineName {
  const name = engineNames.find((one) => one === given)
  if (name !== undefined) return name
  throw wrongWord(`cannot run ${given}: there is no such engine; ${suggest(given, engineNames)}`)
}

function optionalPort(option: string, text: string | undefined): number | undefined {
  return text === undefined ? undefined : portOf(option, text)
}

function portOf(option: string, text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port > 0 && port <= 65_535) return port
  throw wrongWord(`cannot run an engine: ${option} must be an integer from 1 to 65535, got ${text}`)
}

function explained(error: unknown): unknown {
  const { code = 'WT_ENGINE_START', message } = error as Error & { readonly code?: string }
  const hint = error instanceof EngineMissingError ? { hint: ENGINES_HINT } : {}
  return new CommandError(message, { code, exitCode: EXIT.engineUnreachable, cause: error, ...hint })
}
