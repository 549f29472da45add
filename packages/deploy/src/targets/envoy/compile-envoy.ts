import { join } from 'node:path'
import type { PolicyModel, ServiceModel, SystemModel } from '@watertight/manifest'
import { suggest } from '@watertight/manifest/tooling'
import { CompileError } from '../../report/compile-error.js'
import { DeployReport, type ReportEntry } from '../../report/deploy-report.js'
import { bootstrap, sourceIn } from './bootstrap.js'
import { cluster, type PathOf } from './clusters/cluster.js'
import { upstreamTls } from './clusters/upstream-tls.js'
import { endpointsResource } from './clusters/endpoints.js'
import { type Upstream, upstream, type WantedUpstream } from './clusters/upstream.js'
import { type Json, withVersion } from './json.js'
import { GATEWAY, gatewayListener, gatewaySecret } from './listeners/gateway-listener.js'
import { listener, type ListenerOptions, tcpListener } from './listeners/listener.js'
import { inboundListener, sidecarListener } from './listeners/sidecar-listener.js'
import {
  mirrorCluster,
  type Passage,
  passageOfCall,
  passageOfRoute,
  passageToProcess,
  shares,
} from './passage.js'
import { reportDocument, reportRoute, reportShedding } from './report-document.js'
import { reportPassage } from './report-passage.js'
import { WorkloadTls } from './tls/workload-tls.js'
import { reportTraces, tracesCluster, tracing, type TracesOptions } from './tracing/tracing.js'
import { hasFixedAnswer } from './routes/fallback-filter.js'
import { type Entry, routeConfiguration } from './routes/route-configuration.js'

/** What one Envoy is to be. */
export interface EnvoyOptions {
  /** Where its files will be, as an absolute path: Envoy is told to look there. */
  readonly folder: string
  /** The gateway of the system, or the sidecar of a service. */
  readonly posture: 'gateway' | { readonly sidecar: string }
  /** Where the document is, to which the files that it names are relative. Default: the current folder. */
  readonly documentFolder?: string | undefined
  /** Where it says how it is. Default port 9901; on loopback always. */
  readonly adminPort?: number | undefined
  /** Where the gateway takes in requests, in place of what the document says. */
  readonly host?: string | undefined
  /** Ports of a sidecar by the name of the callee, in place of what the document says. */
  readonly outbound?: Readonly<Record<string, number>> | undefined
  /** Files of the certificates by which a service is known, where it is called over TLS by an authority of its own. */
  readonly authorities?: Readonly<Record<string, string>> | undefined
  /** Where its spans go. Default nowhere: nothing is traced. */
  readonly traces?: TracesOptions | undefined
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
  const compilation = new Compilation(model, options)
  if (options.posture === 'gateway') compilation.addGateway()
  else compilation.addSidecar(serviceOf(model, options.posture.sidecar))
  return compilation.end()
}

function serviceOf(model: SystemModel, name: string): ServiceModel {
  const service = model.services.get(name)
  if (service === undefined)
    throw new CompileError(`there is no service ${name}; ${suggest(name, [...model.services.keys()])}`)
  return service
}

/** Whether requests can be told apart: of anything else, a proxy sees connections. */
function isHttp({ services }: SystemModel, service: string): boolean {
  return ['http1', 'h2', undefined].includes(services.get(service)?.protocol)
}

class Compilation {
  readonly #model: SystemModel
  readonly #options: EnvoyOptions
  readonly #sourceOf: PathOf
  readonly #report: DeployReport = new DeployReport()
  readonly #files: Map<string, Json> = new Map()
  readonly #clusters: Json[] = []
  readonly #listeners: Json[] = []
  readonly #passages: Passage[] = []
  readonly #workload: WorkloadTls | undefined
  /** Gateway, or the service of the sidecar. */
  readonly #own: string

  constructor(model: SystemModel, options: EnvoyOptions) {
    this.#model = model
    this.#options = options
    this.#sourceOf = sourceIn(options.folder)
    const { documentFolder = process.cwd(), posture, traces } = options
    this.#own = posture === 'gateway' ? GATEWAY : posture.sidecar
    if (traces !== undefined) this.#clusters.push(tracesCluster(traces))
    if (!model.mutualTls) return
    this.#workload = new WorkloadTls(model, join(documentFolder, 'certs'), this.#own, this.#sourceOf)
    for (const [name, secret] of this.#workload.files) this.#files.set(name, withVersion([secret]))
  }

  addGateway(): void {
    const { routes, forwardingRoutes, gateway } = this.#model
    const { listen, limits, shedding } = gateway
    reportShedding(shedding, ['gateway'], this.#report)
    if (listen === undefined)
      throw new CompileError('gateway.listen.port must say where it listens, got none')
    const passages = new Map(forwardingRoutes.map((route) => [route.path, passageOfRoute(route)]))
    for (const passage of passages.values()) this.#addPassage(passage)
    const entries = routes.map(
      (route): Entry => passages.get(route.path) ?? { answers: route, match: route.match },
    )
    const hasFixedAnswers = [...passages.values()].some(hasFixedAnswer)
    const replayBytes = limits.replayBodyBytes
    const host = this.#options.host ?? listen.host
    this.#addListener(
      gatewayListener(gateway, { ...listen, host }, { hasFixedAnswers, sourceOf: this.#sourceOf }),
      entries,
      replayBytes,
    )
    if (listen.tls !== undefined) {
      const secret = gatewaySecret(listen.tls, this.#options.documentFolder ?? process.cwd())
      this.#files.set(`secrets/${GATEWAY}.json`, withVersion([secret]))
    }
  }

  addSidecar(service: ServiceModel): void {
    const { name: caller, calls, outboundPorts, shedding, path } = service
    reportShedding(shedding, path, this.#report)
    if (service.applicationPort !== undefined) this.#addInbound(service, service.applicationPort)
    for (const call of calls) {
      const port = this.#options.outbound?.[call.to] ?? outboundPorts.get(call.to)
      if (port === undefined) {
        throw new CompileError(
          `services.${caller}.sidecar.outbound must have a port for ${call.to}, got none`,
        )
      }
      const passage = passageOfCall(call, call.enforce !== 'process')
      this.#addPassage(passage)
      const name = `to-${call.to}`
      if (!isHttp(this.#model, call.to)) {
        this.#listeners.push(tcpListener(name, { host: '127.0.0.1', port }, passage.name))
        continue
      }
      this.#addListener(sidecarListener(call.to, port, hasFixedAnswer(passage)), [passage], undefined)
    }
  }

  /** What comes from others goes to the process, which stands behind its sidecar. */
  #addInbound(service: ServiceModel, applicationPort: number): void {
    const [own] = service.endpoints
    if (own === undefined) throw new CompileError(`services.${service.name} must have a port, got none`)
    const passage = passageToProcess(service, this.#model.gatewayPolicy)
    const process: Upstream = {
      name: passage.name,
      // It is asked whether it is ready by whoever calls it.
      service: { ...service, ready: undefined },
      addresses: [{ host: '127.0.0.1', port: applicationPort }],
      protocol: service.protocol,
      isNamed: false,
      isTls: false,
    }
    this.#clusters.push(cluster(process, undefined, { sourceOf: this.#sourceOf, tls: undefined }))
    this.#files.set(`endpoints/${process.name}.json`, withVersion([endpointsResource(process)]))
    const address = { host: this.#options.host ?? '127.0.0.1', port: own.port }
    const secure = {
      tls: this.#workload?.downstream(),
      callers: this.#workload?.callersFilter(service.callers),
    }
    this.#addListener(inboundListener(address, secure), [passage], undefined)
  }

  end(): EnvoyConfiguration {
    const { adminPort = 9901, traces } = this.#options
    reportDocument(this.#model, this.#passages, this.#report)
    reportTraces(this.#model, traces, this.#report)
    this.#files.set('clusters.json', withVersion(this.#clusters))
    this.#files.set('listeners.json', withVersion(this.#listeners))
    const admin = { host: '127.0.0.1', port: adminPort }
    return {
      bootstrap: bootstrap({ node: { id: this.#own, cluster: this.#model.name }, admin }, this.#sourceOf),
      files: this.#files,
      report: this.#report.entries,
    }
  }

  /** The clusters of its service, of the versions of it, and of who gets copies. */
  #addPassage(passage: Passage): void {
    const { to: service, route } = passage
    this.#passages.push(passage)
    reportPassage(passage, this.#model, this.#report)
    reportRoute(passage, this.#report)
    const policy = passage.enforced ? passage.policy : undefined
    for (const { cluster: name, version } of shares(passage)) {
      this.#addCluster({ cluster: name, service, version }, policy)
    }
    if (route?.mirror !== undefined) {
      const { to, version } = route.mirror
      this.#addCluster({ cluster: mirrorCluster(passage), service: to, version }, undefined)
    }
  }

  #addCluster(wanted: WantedUpstream, policy: PolicyModel | undefined): void {
    const found = upstream(this.#model, wanted)
    this.#clusters.push(cluster(found, policy, { sourceOf: this.#sourceOf, tls: this.#tlsTo(found) }))
    if (!found.isNamed)
      this.#files.set(`endpoints/${found.name}.json`, withVersion([endpointsResource(found)]))
  }

  /** A service of the system proves who it is; any other one is known by an authority. */
  #tlsTo({ service, protocol, isNamed, isTls }: Upstream): Json | undefined {
    const authority = this.#options.authorities?.[service.name]
    if (
      this.#workload !== undefined &&
      service.document.external !== true &&
      isHttp(this.#model, service.name)
    )
      return this.#workload.upstream(service.name, protocol)
    return isTls || authority !== undefined ? upstreamTls(authority, protocol, isNamed) : undefined
  }

  #addListener(options: ListenerOptions, entries: readonly Entry[], replayBytes: number | undefined): void {
    const { name, manager } = options
    const { traces } = this.#options
    const traced = traces === undefined ? {} : tracing({ ...traces, service: traces.service ?? this.#own })
    this.#files.set(`routes/${name}.json`, withVersion([routeConfiguration({ name, entries, replayBytes })]))
    this.#listeners.push(listener({ ...options, manager: { ...manager, ...traced } }, this.#sourceOf))
  }
}
