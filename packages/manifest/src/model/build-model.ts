import type { ManifestDocument, RouteDocument } from '../document/manifest-document.js'
import type {
  CallDocument,
  FallbackDocument,
  Idempotence,
  ProbeDocument,
  ServiceDocument,
} from '../document/service-document.js'
import type { DocumentPath } from '../source/manifest-source.js'
import type { Problem } from '../source/problem.js'
import { type Duration, durationMs } from '../units/duration.js'
import { percentageShare } from '../units/percentage.js'
import type { Mode } from '../words/mode-names.js'
import type { Enforcement } from '../words/service-words.js'
import { spellingConflicts } from './former-spellings.js'
import { isIdempotent } from './is-idempotent.js'
import { DEFAULT_ORIGIN, type Origin } from './origin.js'
import type { PolicyModel } from './policy-model.js'
import { PolicyTable } from './policy-table.js'
import { resolvePolicy } from './resolve-policy.js'
import type { Layer } from './section-reader.js'
import type {
  AlertModel,
  CallModel,
  FallbackModel,
  ProbeModel,
  RouteMatch,
  RouteModel,
  ServiceModel,
  SystemModel,
} from './system-model.js'

const SECTION_KEYS = [
  'timeout',
  'retry',
  'breaker',
  'bulkhead',
  'ejection',
  'rateLimit',
  'hedge',
  'answers',
  'balance',
  'hashOn',
  'mode',
]
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
  const gatewayLayer = { path: ['gateway'], sections: document.gateway ?? {} }
  const gatewayPolicy = resolvePolicy(
    'gateway',
    gatewayLayer.path,
    [gatewayLayer],
    document.mode ?? 'enforce',
  )
  for (const [name, service] of Object.entries(document.services))
    services.set(name, builder.service(name, service))
  const model: SystemModel = {
    name: document.system,
    document,
    policies: table.policies,
    services,
    calls: [...services.values()].flatMap((service) => service.calls),
    routes: (document.gateway?.routes ?? []).map((route, index) =>
      buildRoute(route, index, gatewayLayer, gatewayPolicy),
    ),
    gatewayPolicy,
    alerts: buildAlerts(document),
    experiments: Object.entries(document.chaos ?? {}).map(([name, experiment]) => ({ ...experiment, name })),
    meshAttempts: document.mesh?.attempts ?? 1,
  }
  return { model, problems: [...table.problems, ...spellingConflicts(document)] }
}

class ServiceBuilder {
  readonly #document: ManifestDocument
  readonly #table: PolicyTable
  readonly #mode: Mode
  readonly #none: PolicyModel

  constructor(document: ManifestDocument, table: PolicyTable) {
    this.#document = document
    this.#table = table
    this.#mode = document.mode ?? 'enforce'
    this.#none = resolvePolicy('', [], [], this.#mode)
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
    const policy = this.#policy(path, call)
    return {
      from,
      to,
      path,
      policy,
      enforce: call.enforce ?? enforce,
      enforceOrigin: call.enforce === undefined ? enforceOrigin : documentOrigin([...path, 'enforce']),
      mode: policy.mode,
      operations:
        call.operations === undefined
          ? NO_OPERATIONS
          : new Map(
              Object.entries(call.operations).map(([key, operation]) => [
                key,
                operation.idempotent ?? isIdempotent(key.slice(0, key.indexOf(' '))),
              ]),
            ),
      fallback: call.fallback && buildFallback(call.fallback),
      optional: call.optional ?? false,
      clientAttempts: call.clientAttempts ?? 1,
    }
  }

  // Calls that override nothing share the resolved policy, which keeps thousands of calls cheap.
  #policy(path: DocumentPath, call: CallDocument): PolicyModel {
    const named = call.policy === undefined ? this.#none : this.#table.policies.get(call.policy)
    const overrides = SECTION_KEYS.some((key) => (call as Record<string, unknown>)[key] !== undefined)
    if (!overrides) return named ?? this.#none
    const layers = [
      { path, sections: call },
      ...(call.policy === undefined ? [] : this.#table.layers(call.policy)),
    ]
    const resolved = resolvePolicy(call.policy ?? '', path, layers, this.#mode)
    return { ...resolved, instance: named?.instance ?? 'per-callee' }
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

const NO_OPERATIONS: ReadonlyMap<string, Idempotence> = new Map()

function documentOrigin(path: DocumentPath): Origin {
  return { kind: 'document', path }
}

// Array.isArray does not narrow a readonly list out of a union.
function isList(value: readonly string[] | object): value is readonly string[] {
  return Array.isArray(value)
}

function buildFallback({ status, body, queue, cache }: FallbackDocument): FallbackModel {
  return {
    status,
    body,
    queue,
    cache: cache && { maxAgeMs: durationMs(cache.maxAge) },
  }
}

function buildProbe(probe: ProbeDocument | undefined): ProbeModel | undefined {
  if (probe === undefined) return undefined
  return typeof probe === 'string'
    ? { path: probe, checks: [] }
    : { path: probe.path, checks: probe.checks ?? [] }
}

// Routes that override nothing share the policy of the gateway, as calls share named ones.
function buildRoute(
  route: RouteDocument,
  index: number,
  gatewayLayer: Layer,
  gatewayPolicy: PolicyModel,
): RouteModel {
  const path = ['gateway', 'routes', index]
  const overrides = [route.timeout, route.retry, route.answers].some((own) => own !== undefined)
  const layers = [{ path, sections: route }, gatewayLayer]
  const match = buildMatch(route.match)
  return {
    path,
    match,
    to: route.to,
    split: new Map(Object.entries(route.split ?? {})),
    policy: overrides
      ? resolvePolicy(`route ${match.path}`, path, layers, gatewayPolicy.mode)
      : gatewayPolicy,
  }
}

function buildMatch({ path, methods = [], hosts = [] }: RouteDocument['match']): RouteMatch {
  const others = { methods, hosts: hosts.map((host) => host.toLowerCase()) }
  if (typeof path === 'string') return { path, pathKind: 'segments', ...others }
  if ('exact' in path) return { path: path.exact, pathKind: 'exact', ...others }
  return { path: path.prefix, pathKind: 'prefix', ...others }
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
