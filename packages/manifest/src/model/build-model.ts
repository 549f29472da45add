import type { ManifestDocument } from '../document/manifest-document.js'
import type { CallDocument, ProbeDocument, ServiceDocument } from '../document/service-document.js'
import type { DocumentPath } from '../source/manifest-source.js'
import type { Problem } from '../source/problem.js'
import { type Duration, durationMs } from '../units/duration.js'
import { percentageShare } from '../units/percentage.js'
import type { Enforcement } from '../words/service-words.js'
import { buildBroker } from './build-broker.js'
import { buildEvents } from './build-events.js'
import { buildFallback } from './build-fallback.js'
import { buildGateway } from './build-gateway.js'
import { buildMonitoring } from './build-monitoring.js'
import { buildOperations } from './build-operations.js'
import { buildReach } from './build-reach.js'
import { buildRoute } from './build-route.js'
import { buildSagas } from './build-sagas.js'
import { buildStores } from './build-stores.js'
import { spellingConflicts } from './former-spellings.js'
import { DEFAULT_ORIGIN, type Origin } from './origin.js'
import { type Otherwise, PolicyTable, setsSections } from './policy-table.js'
import { resolvePolicy } from './resolve-policy.js'
import type { ForwardingRoute } from './route-model.js'
import type { AlertModel, CallModel, ProbeModel, ServiceModel, SystemModel } from './system-model.js'

const OBJECTIVE_WINDOW_MS = 30 * 86_400_000

export interface BuiltModel {
  readonly model: SystemModel
  readonly problems: readonly Problem[]
}

/** Normalises a document: policies resolved, units removed, defaults filled in. Linear in its size. */
export function buildModel(document: ManifestDocument): BuiltModel {
  const table = new PolicyTable(document)
  const builder = new ServiceBuilder(document, table)
  const services = new Map<string, ServiceModel>()
  const gateway = document.gateway ?? {}
  const gatewayLayers = [
    ...(setsSections(gateway) ? [{ path: ['gateway'], sections: gateway }] : []),
    ...table.layers(gateway.policy ?? ''),
  ]
  const gatewayPolicy = resolvePolicy('gateway', ['gateway'], gatewayLayers, document.mode ?? 'enforce')
  for (const [name, service] of Object.entries(document.services))
    services.set(name, builder.service(name, service))
  const routes = (gateway.routes ?? []).map((route, index) =>
    buildRoute(route, index, (match, path) =>
      table.policyOf(path, route, {
        policy: gatewayPolicy,
        layers: gatewayLayers,
        nameOf: () => `route ${match.path}`,
      }),
    ),
  )
  const model: SystemModel = {
    name: document.system,
    document,
    policies: table.policies,
    services,
    calls: [...services.values()].flatMap((service) => service.calls),
    routes,
    forwardingRoutes: routes.filter((route): route is ForwardingRoute => route.to !== undefined),
    gateway: buildGateway(document.gateway),
    gatewayPolicy,
    stores: buildStores(document),
    broker: buildBroker(document),
    events: buildEvents(document, services.values()),
    sagas: buildSagas(document),
    alerts: buildAlerts(document),
    monitoring: buildMonitoring(document),
    experiments: Object.entries(document.chaos ?? {}).map(([name, experiment]) => ({ ...experiment, name })),
    meshAttempts: document.mesh?.attempts ?? 1,
    mutualTls: document.mutualTls ?? false,
  }
  return { model, problems: [...table.problems, ...spellingConflicts(document)] }
}

class ServiceBuilder {
  readonly #document: ManifestDocument
  readonly #table: PolicyTable
  readonly #otherwise: Otherwise
  readonly #callers: ReadonlyMap<string, readonly string[]>

  constructor(document: ManifestDocument, table: PolicyTable) {
    this.#document = document
    this.#table = table
    this.#callers = callersOf(document)
    this.#otherwise = {
      policy: resolvePolicy('', [], [], document.mode ?? 'enforce'),
      layers: [],
      nameOf: (policy) => policy,
    }
  }

  service(name: string, document: ServiceDocument): ServiceModel {
    const path = ['services', name]
    const { objective, scale, consumes = [] } = document
    const [enforce, enforceOrigin] = this.#enforcement(path, document.enforce)
    const calls = Object.entries(document.calls ?? {}) as [string, CallDocument][]
    return {
      name,
      path,
      document,
      enforce,
      ...buildReach(path, document, this.#callers.get(name) ?? []),
      applicationPort: document.sidecar?.application,
      outboundPorts: new Map(Object.entries(document.sidecar?.outbound ?? {})),
      live: buildProbe(document.health?.live),
      ready: buildProbe(document.health?.ready),
      availability:
        objective?.availability === undefined ? undefined : percentageShare(objective.availability),
      isOurs: isOurs(document),
      callOrder: document.callOrder ?? 'parallel',
      p50Ms: optionalMs(objective?.latency?.p50),
      p95Ms: optionalMs(objective?.latency?.p95),
      p99Ms: optionalMs(objective?.latency?.p99),
      objectiveWindowMs: objective?.window === undefined ? OBJECTIVE_WINDOW_MS : durationMs(objective.window),
      replicasMin: scale === undefined ? undefined : (scale.min ?? 1),
      drainMs: optionalMs(document.drain),
      calls: calls.map(([to, call]) => this.#call(name, to, call, enforce, enforceOrigin)),
      publishes: document.publishes ?? [],
      consumes: isList(consumes)
        ? new Map(consumes.map((event) => [event, {}]))
        : new Map(Object.entries(consumes)),
    }
  }

  #call(
    from: string,
    to: string,
    call: CallDocument,
    enforce: Enforcement,
    enforceOrigin: Origin,
  ): CallModel {
    const path = ['services', from, 'calls', to]
    const policy = this.#table.policyOf(path, call, this.#otherwise)
    return {
      from,
      to,
      path,
      policy,
      enforce: call.enforce ?? enforce,
      enforceOrigin: call.enforce === undefined ? enforceOrigin : documentOrigin([...path, 'enforce']),
      mode: policy.mode,
      operations: buildOperations(call.operations),
      fallback: call.fallback && buildFallback(call.fallback),
      optional: call.optional ?? false,
      clientAttempts: call.clientAttempts ?? 1,
    }
  }

  #enforcement(path: DocumentPath, own: Enforcement | undefined): [Enforcement, Origin] {
    if (own !== undefined) return [own, documentOrigin([...path, 'enforce'])]
    const whole = this.#document.enforce
    return whole === undefined ? ['process', DEFAULT_ORIGIN] : [whole, documentOrigin(['enforce'])]
  }
}

/** Who says how a service runs, runs it. A name alone, or a promise alone, may be somebody else's. */
function isOurs({ external, run, scale, health, calls, state, drain, release }: ServiceDocument): boolean {
  const said = [run, scale, health, calls, state, drain, release]
  return external !== true && said.some((value) => value !== undefined)
}

function optionalMs(duration: Duration | undefined): number | undefined {
  return duration === undefined ? undefined : durationMs(duration)
}

function documentOrigin(path: DocumentPath): Origin {
  return { kind: 'document', path }
}

// Array.isArray does not narrow a readonly list out of a union.
function isList(value: readonly string[] | object): value is readonly string[] {
  return Array.isArray(value)
}

function buildProbe(probe: ProbeDocument | undefined): ProbeModel | undefined {
  if (probe === undefined) return undefined
  return typeof probe === 'string'
    ? { path: probe, checks: [] }
    : { path: probe.path, checks: probe.checks ?? [] }
}

function buildAlerts(document: ManifestDocument): AlertModel[] {
  return Object.entries(document.alerts ?? {}).map(([name, alert]) => ({
    ...alert,
    name,
    path: ['alerts', name],
    longMs: durationMs(alert.long ?? '1h'),
    shortMs: durationMs(alert.short ?? '5m'),
  }))
}

/** Who calls each service, as the document has it. */
function callersOf({ services, gateway }: ManifestDocument): ReadonlyMap<string, readonly string[]> {
  const callers = new Map<string, Set<string>>()
  const add = (to: string, from: string): void => {
    const known = callers.get(to)
    if (known === undefined) callers.set(to, new Set([from]))
    else known.add(from)
  }
  for (const [from, { calls = {} }] of Object.entries(services)) {
    for (const to of Object.keys(calls)) add(to, from)
  }
  for (const { to, mirror } of gateway?.routes ?? []) {
    if (to !== undefined) add(to, 'gateway')
    if (mirror !== undefined) add(mirror.to, 'gateway')
  }
  return new Map([...callers].map(([to, names]) => [to, [...names]]))
}
