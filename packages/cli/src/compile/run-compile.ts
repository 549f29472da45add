import { dirname, resolve } from 'node:path'
import {
  CompileError,
  compileEnvoy,
  type EnvoyConfiguration,
  type EnvoyOptions,
  writeConfiguration,
} from '@watertight/deploy'
import { type LoadedSystem, requireEnforceable } from '../document/require-system.js'
import { locateDocument, shownPath } from '../document/load-document.js'
import { profileOf } from '../document/profile-of.js'
import { CommandError } from '../program/command-error.js'
import { jsonText } from '../program/command-runner.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { compileMonitoring, type MonitoringTarget } from './compile-monitoring.js'
import { outboundPorts, readPort } from './outbound-ports.js'
import { reportLines, tellReport } from './tell-report.js'

export interface CompileOptions {
  readonly target: 'envoy' | MonitoringTarget
  readonly out: string
  readonly gateway?: boolean
  readonly sidecar?: string
  readonly outbound?: readonly string[]
  readonly admin?: string
  readonly traces?: string
  readonly strict?: boolean
  readonly manifest?: string
  readonly profile?: string
  readonly json?: boolean
}

/** Compiles the document into a folder, and tells what its target does not do of it. */
export async function runCompile(options: CompileOptions, terminal: Terminal): Promise<ExitCode> {
  const system = await requireEnforceable(
    options.manifest,
    terminal,
    profileOf(options.manifest, options.profile, terminal),
  )
  const folder = resolve(terminal.cwd, options.out)
  if (options.target !== 'envoy')
    return await compileMonitoring(options.target, system, { ...options, folder }, terminal)
  const envoy = envoyOptions(options, system, { folder, terminal })
  const configuration = compiled(system, envoy)
  const report = reportLines(configuration.report, system.source)
  const ok = options.strict !== true || report.every(({ effect }) => effect !== 'missing')
  const written = ok
    ? await writeConfiguration(folder, configuration)
    : { bootstrap: '', changed: false, restart: false }
  const bootstrap = written.bootstrap === '' ? null : shownPath(written.bootstrap, terminal)
  if (options.json === true) {
    const { changed, restart } = written
    const outbound = Object.entries(envoy.outbound ?? {}).map(([service, port]) => ({ service, port }))
    terminal.out.write(jsonText({ schemaVersion: 1, ok, bootstrap, changed, restart, outbound, report }))
  } else {
    tellReport(report, 'Envoy', terminal)
    if (bootstrap !== null) tellWritten(bootstrap, written, envoy, terminal)
  }
  return ok ? EXIT.ok : EXIT.findings
}

function envoyOptions(
  options: CompileOptions,
  { model }: LoadedSystem,
  { folder, terminal }: { readonly folder: string; readonly terminal: Terminal },
): EnvoyOptions {
  const { gateway = false, sidecar, outbound = [], admin = '9901' } = options
  if (gateway === (sidecar !== undefined)) {
    throw usage('it must be told --gateway or --sidecar SERVICE, got neither')
  }
  const common = {
    folder,
    traces: options.traces === undefined ? undefined : { url: collectorUrl(options.traces) },
    adminPort: readPort('--admin', admin),
    documentFolder:
      options.manifest === '-' ? terminal.cwd : dirname(locateDocument(options.manifest, terminal)),
  }
  if (sidecar === undefined) return { ...common, posture: 'gateway' }
  return {
    ...common,
    posture: { sidecar },
    outbound: outboundPorts(
      outbound,
      model.services.get(sidecar)?.calls.map(({ to }) => to) ?? [],
      model.services.get(sidecar)?.outboundPorts ?? new Map(),
    ),
  }
}

function collectorUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href
  throw usage(`--traces must be a URL such as http://127.0.0.1:4318/v1/traces, got ${JSON.stringify(text)}`)
}

function usage(reason: string): CommandError {
  return new CommandError(`cannot run compile: ${reason}`, { code: 'WT_USAGE', exitCode: EXIT.usage })
}

function compiled({ model }: LoadedSystem, options: EnvoyOptions): EnvoyConfiguration {
  try {
    return compileEnvoy(model, options)
  } catch (error) {
    if (!(error instanceof CompileError)) throw error
    const { code, message } = error
    throw new CommandError(message, { code, exitCode: EXIT.findings, cause: error })
  }
}

function tellWritten(
  bootstrap: string,
  { changed, restart }: { readonly changed: boolean; readonly restart: boolean },
  { outbound = {} }: EnvoyOptions,
  { out }: Terminal,
): void {
  const { colours } = out
  out.write(
    changed ? `${colours.green('wrote')} ${colours.bold(bootstrap)}\n` : `${bootstrap} is as it was\n`,
  )
  for (const [service, port] of Object.entries(outbound)) {
    out.write(`  ${service} is called at http://127.0.0.1:${port}\n`)
  }
  if (restart) out.write(`${colours.yellow('restart it')}: what it reads only at its start has changed\n`)
  if (changed) out.write(`next: ${colours.cyan(`envoy --config-path ${bootstrap}`)}\n`)
}
