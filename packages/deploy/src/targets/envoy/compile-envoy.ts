import type { ServiceModel, SystemModel } from '@watertight/manifest'
import { suggest } from '@watertight/manifest/tooling'
import { CompileError } from '../../report/compile-error.js'
import { DeployReport, type ReportEntry } from '../../report/deploy-report.js'
import { bootstrap, sourceIn } from './bootstrap.js'
import { cluster } from './clusters/cluster.js'
import { endpoints } from './clusters/endpoints.js'
import { upstreamTls } from './clusters/upstream-tls.js'
import type { Address, Upstream } from './clusters/upstream.js'
import { type Json, withVersion } from './json.js'
import { listener } from './listeners/listener.js'
import { type Passage, passageOfCall, passageOfRoute } from './passage.js'
import { reportPassage } from './report-passage.js'
import { hasFixedAnswer } from './routes/fallback-filter.js'
import { routeConfiguration } from './routes/route-configuration.js'

/** What one Envoy is to be. */
export interface EnvoyOptions {
  /** Where its files will be, as an absolute path: Envoy is told to look there. */
  readonly folder: string
  /** The gateway of the system, or the sidecar of a service. */
  readonly posture: 'gateway' | { readonly sidecar: string }
  /** Where it says how it is. Default port 9901; on loopback always. */
  readonly adminPort?: number | undefined
  /** Ports of a sidecar by the name of the callee, where its service finds it. */
  readonly outbound?: Readonly<Record<string, number>> | undefined
  /** Where the endpoints of a service are, in place of what the document says. */
  readonly addresses?: Readonly<Record<string, readonly Address[]>> | undefined
  readonly protocols?: Readonly<Record<string, 'http1' | 'h2'>> | undefined
  /** Files of the certificates by which a service is known, where it is called over TLS. */
  readonly authorities?: Readonly<Record<string, string>> | undefined
}

/** What Envoy reads, by the name of the file, and what it does not do of the document. */
export interface EnvoyConfiguration {
  /** Read once, when Envoy starts. */
  readonly bootstrap: Json
  /** Read again whenever they change. */
  readonly files: ReadonlyMap<string, Json>
  readonly report: readonly ReportEntry[]
}

/**
 * Compiles a document for one Envoy.
 *
 * @throws {CompileError} when the document does not say what Envoy has to know
 */
export function compileEnvoy(model: SystemModel, options: EnvoyOptions): EnvoyConfiguration {
  const report = new DeployReport()
  const sourceOf = sourceIn(options.folder)
  const groups = listenersOf(model, options)
  const clusters: Json[] = []
  const files = new Map<string, Json>()
  for (const passage of groups.flatMap(({ passages }) => passages)) {
    const upstream = upstreamOf(passage, model, options)
    const policy = passage.enforced ? passage.policy : undefined
    reportPassage(passage, upstream.protocol, report)
    clusters.push(cluster(upstream, policy, sourceOf))
    files.set(`endpoints/${upstream.name}.json`, withVersion([endpoints(upstream)]))
  }
  const listeners = groups.map(({ name, address, edge, passages }) => {
    files.set(
      `routes/${name}.json`,
      withVersion([routeConfiguration(name, passages, (passage) => passage.name)]),
    )
    const fallback = passages.some(hasFixedAnswer)
    return listener({ name, address, edge, fallback, tls: undefined, trust: [] }, sourceOf)
  })
  files.set('clusters.json', withVersion(clusters))
  files.set('listeners.json', withVersion(listeners))
  return { bootstrap: bootstrapOf(model, options), files, report: report.entries }
}

interface Group {
  readonly name: string
  readonly address: Address
  readonly edge: boolean
  readonly passages: readonly Passage[]
}

/** Where it listens, and what may come in there. */
function listenersOf(model: SystemModel, options: EnvoyOptions): readonly Group[] {
  const { posture } = options
  if (posture === 'gateway') {
    const port = model.document.gateway?.listen?.port
    if (port === undefined) throw new CompileError('gateway.listen.port must say where it listens, got none')
    const passages = model.forwardingRoutes.map(passageOfRoute)
    return [{ name: 'gateway', address: { host: '0.0.0.0', port }, edge: true, passages }]
  }
  return serviceOf(model, posture.sidecar).calls.map((call) => {
    const port = options.outbound?.[call.to]
    if (port === undefined) throw new CompileError(`outbound must have a port for ${call.to}, got none`)
    const passages = [passageOfCall(call, call.enforce !== 'process')]
    return { name: `to-${call.to}`, address: { host: '127.0.0.1', port }, edge: false, passages }
  })
}

function serviceOf(model: SystemModel, name: string): ServiceModel {
  const service = model.services.get(name)
  if (service === undefined)
    throw new CompileError(`there is no service ${name}; ${suggest(name, [...model.services.keys()])}`)
  return service
}

function upstreamOf({ name, to }: Passage, model: SystemModel, options: EnvoyOptions): Upstream {
  const port = model.services.get(to)?.document.port
  const given = options.addresses?.[to]
  if (given === undefined && port === undefined)
    throw new CompileError(`services.${to} must have endpoints or a port, got neither`)
  return {
    name,
    endpoints: given ?? [{ host: '127.0.0.1', port: port! }],
    protocol: options.protocols?.[to] ?? 'http1',
    tls: upstreamTls(options.authorities?.[to], to),
  }
}

function bootstrapOf(model: SystemModel, { posture, adminPort = 9901, folder }: EnvoyOptions): Json {
  const id = posture === 'gateway' ? 'gateway' : posture.sidecar
  const admin = { host: '127.0.0.1', port: adminPort }
  return bootstrap({ node: { id, cluster: model.name }, admin }, sourceIn(folder))
}
