import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CompileError,
  compileEnvoy,
  type EnvoyConfiguration,
  EnvoyMissingError,
  type EnvoyOptions,
  EnvoyStartError,
  freePort,
  locateProgram,
  SupervisedEnvoy,
} from '@watertight/deploy'
import type { SystemModel } from '@watertight/manifest'
import type { Posture } from '@watertight/proxy'
import { envoyTraces } from './envoy-traces.js'
import type { Follow } from './follow-manifest.js'
import { CommandError } from '../program/command-error.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'

export interface ServedEnvoy {
  readonly follow: Follow
  /** Where the document lies: files that it names are found from there. */
  readonly folder: string
  readonly model: SystemModel
  readonly posture: Posture
  readonly adminPort: number | undefined
  readonly workers: number
  readonly host: string | undefined
  readonly logsAccess: boolean
}

const LOOPBACK = '127.0.0.1'

/**
 * Runs Envoy until it is told to stop: by the document as it is, and as it changes. A change that cannot be compiled, or
 * that Envoy refuses, is told, and what was in force stays.
 */
export async function serveEnvoy(served: ServedEnvoy, terminal: Terminal): Promise<ExitCode> {
  const folder = await mkdtemp(join(tmpdir(), 'watertight-envoy-'))
  try {
    const options = { ...(await envoyOptions(served, folder)), traces: envoyTraces(served.posture, terminal) }
    const envoy = create(served, { folder, adminPort: options.adminPort }, terminal)
    await envoy.start(compiled(served.model, options)).catch((error: unknown) => {
      throw explained(error)
    })
    terminal.out.write(readyLine(served, options))
    const apply = async (changed: SystemModel): Promise<void> => {
      const outcome = await envoy.apply(compileEnvoy(changed, options))
      if (outcome === 'refused') throw new Error('cannot take over the manifest: envoy refuses it')
    }
    const watch = served.follow(apply)
    await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')])
    watch?.close()
    await envoy.stop()
    return EXIT.ok
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

type KnownOptions = EnvoyOptions & { readonly adminPort: number }

async function envoyOptions(
  { folder: documentFolder, model, posture, adminPort, host }: ServedEnvoy,
  folder: string,
): Promise<KnownOptions> {
  const common = {
    folder,
    adminPort: adminPort === undefined || adminPort === 0 ? await freePort() : adminPort,
    documentFolder,
    host: host ?? model.document.gateway?.listen?.host ?? LOOPBACK,
  }
  if (posture.kind === 'gateway') return { ...common, posture: 'gateway' }
  const { calls = [], outboundPorts } = model.services.get(posture.service) ?? {}
  const outbound: Record<string, number> = {}
  for (const { to } of calls) outbound[to] = outboundPorts?.get(to) ?? (await freePort())
  return { ...common, posture: { sidecar: posture.service }, outbound }
}

function create(
  { logsAccess, workers }: ServedEnvoy,
  where: { readonly folder: string; readonly adminPort: number },
  { out, err, env }: Terminal,
): SupervisedEnvoy {
  try {
    const program = locateProgram('envoy', env)
    if (program === undefined) throw new EnvoyMissingError()
    return new SupervisedEnvoy({
      ...where,
      program,
      workers,
      onLine: (line, stream) => {
        if (stream === 'err') err.write(`${line}\n`)
        else if (logsAccess) out.write(`${line}\n`)
      },
      onRestart: (reason, inMs) => {
        err.write(`envoy ended with ${reason}, and is started again in ${inMs} ms\n`)
      },
    })
  } catch (error) {
    throw explained(error)
  }
}

function compiled(model: SystemModel, options: KnownOptions): EnvoyConfiguration {
  try {
    return compileEnvoy(model, options)
  } catch (error) {
    throw explained(error)
  }
}

/** `ready: gateway: gateway on 8080, admin on 9901` */
function readyLine({ posture, model }: ServedEnvoy, { outbound = {}, adminPort }: KnownOptions): string {
  const own =
    posture.kind === 'gateway'
      ? [`gateway on ${model.document.gateway?.listen?.port}`]
      : Object.entries(outbound).map(([name, port]) => `${name} on ${port}`)
  const kind = posture.kind === 'gateway' ? 'gateway' : `sidecar of ${posture.service}`
  return `ready: ${kind}: ${[...own, `admin on ${adminPort}`].join(', ')}\n`
}

function explained(error: unknown): unknown {
  if (error instanceof EnvoyMissingError || error instanceof EnvoyStartError) {
    return new CommandError(error.message, {
      code: error.code,
      exitCode: EXIT.engineUnreachable,
      cause: error,
    })
  }
  if (!(error instanceof CompileError)) return error
  return new CommandError(error.message, { code: error.code, exitCode: EXIT.findings, cause: error })
}
