import type { ProxyEngine } from '@watertight/manifest'
import cluster from 'node:cluster'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import type { Posture } from '@watertight/proxy'
import { suggest } from '@watertight/manifest/tooling'
import { locateDocument } from '../document/load-document.js'
import { requireEnforceable } from '../document/require-system.js'
import { CommandError } from '../program/command-error.js'
import { EXIT, type ExitCode } from '../program/exit-code.js'
import type { Terminal } from '../program/terminal.js'
import { type Follow, followManifest } from './follow-manifest.js'
import { followMesh } from './follow-mesh.js'
import { type MeshFiles, meshSystem } from './mesh-system.js'

export interface ProxyCommandOptions {
  readonly manifest?: string
  readonly istio?: readonly string[]
  readonly gatewayApi?: readonly string[]
  readonly gateway?: boolean
  readonly sidecar?: string
  readonly admin?: string
  readonly workers?: string
  /** One process holds the ports even where there is a single worker. */
  readonly restartable?: boolean
  readonly host?: string
  readonly engine?: ProxyEngine
  readonly accessLog?: boolean
  readonly shed?: boolean
}

/** Runs a proxy until it is told to stop. */
export async function runProxy(options: ProxyCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const { gateway, sidecar } = options
  if ((gateway === true) === (sidecar !== undefined)) {
    throw usage('cannot run a proxy: name either --gateway or --sidecar <service>')
  }
  const posture: Posture = sidecar === undefined ? { kind: 'gateway' } : { kind: 'sidecar', service: sidecar }
  const workers = wholeNumber('--workers', options.workers, 1, 256) ?? availableParallelism()
  const adminPort = wholeNumber('--admin', options.admin, 0, 65_535)
  const mesh = meshFiles(options)
  const { manifest } = options
  const model =
    mesh === undefined
      ? (await requireEnforceable(manifest, terminal)).model
      : await meshSystem(mesh, manifest, terminal)
  const follow: Follow = (apply) =>
    mesh === undefined
      ? followManifest(manifest, apply, terminal)
      : followMesh(mesh, manifest, apply, terminal)
  const isAlone = manifest === '-' || (mesh !== undefined && manifest === undefined)
  const folder = isAlone ? terminal.cwd : dirname(locateDocument(manifest, terminal))
  if (sidecar !== undefined && !model.services.has(sidecar)) {
    const hint = suggest(sidecar, [...model.services.keys()])
    throw usage(`cannot run a proxy: there is no service ${sidecar}`, hint)
  }
  if (options.engine === 'envoy') {
    if (options.shed === true) throw usage('cannot run a proxy: --shed is of --engine node alone')
    const { serveEnvoy } = await import('./serve-envoy.js')
    const logsAccess = options.accessLog === true
    const { host } = options
    return await serveEnvoy(
      { follow, folder, model, posture, adminPort, workers, host, logsAccess },
      terminal,
    )
  }
  if ((workers > 1 || options.restartable === true) && cluster.isPrimary) {
    const { runWorkers } = await import('./run-workers.js')
    return await runWorkers(workers, adminPort, terminal)
  }
  const { serveProxy } = await import('./serve-proxy.js')
  const { host } = options
  const logsAccess = options.accessLog === true
  const sheds = options.shed === true
  return await serveProxy({ sheds, follow, model, posture, adminPort, logsAccess, host, folder }, terminal)
}

function meshFiles({ istio, gatewayApi }: ProxyCommandOptions): MeshFiles | undefined {
  if (istio !== undefined && gatewayApi !== undefined) {
    throw usage(
      'cannot run a proxy: name either --istio or --gateway-api, and HTTPRoutes of Istio by --istio',
    )
  }
  if (istio !== undefined) return { format: 'istio', paths: istio }
  return gatewayApi === undefined ? undefined : { format: 'gateway-api', paths: gatewayApi }
}

function wholeNumber(
  option: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw usage(`cannot run a proxy: ${option} must be an integer from ${least} to ${most}, got ${text}`)
}

function usage(message: string, hint?: string): CommandError {
  const given = hint ?? 'watertight proxy --help shows all options'
  return new CommandError(message, { code: 'WT_USAGE', exitCode: EXIT.usage, hint: given })
}
