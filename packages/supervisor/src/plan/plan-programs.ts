import { temporalPackages } from '@watertight/deploy'
import type { CallModel, ServiceModel, SystemModel } from '@watertight/manifest'
import type { Probe } from '../readiness/probe.js'
import type { Instance } from './instances.js'
import type { Program } from './program.js'
import type { PlanOptions } from './plan-options.js'
import { engineProgram } from './engine-program.js'
import { runEngines } from './run-engines.js'
import { embeddedStores, servedStores, servedStoreUrl } from './served-stores.js'

const DRAIN_MS = 20_000

/** Everything that a run starts, in the order in which it is stopped: callers before those that they call. */
export function planPrograms(options: PlanOptions): Program[] {
  const { system, instances } = options
  const inOrder = stopOrder(system)
  const sorted = [...instances].sort(
    (a, b) => (inOrder.get(a.service.name) ?? 0) - (inOrder.get(b.service.name) ?? 0),
  )
  return [
    ...(system.gateway.listen === undefined ? [] : [gateway(options)]),
    // A service still calls through its sidecar while it drains.
    ...sorted.flatMap((instance) => [
      serviceProgram(instance, options),
      ...(instance.hasSidecar ? [sidecar(instance, options)] : []),
    ]),
    ...embeddedStores(system).map(({ name }) => store(name, options)),
    ...runEngines(system).map((name) => engineProgram(name, options)),
  ]
}

function serviceProgram(instance: Instance, options: PlanOptions): Program {
  const { name, service: model, version } = instance
  const { ports, folder, places } = options
  const { application } = portsOf(instance, options)
  const { system, storePassword: password } = options
  const own = servedStores(system).find((one) => one.name === model.document.store)
  return {
    name,
    kind: 'service',
    service: model.name,
    command: model.document.run ?? '',
    folder,
    environment: {
      ...options.environment,
      ...tracesEnvironment(options, model.name),
      ...temporalEnvironment(options),
      PORT: String(application),
      WATERTIGHT_MANIFEST: places.documentFor(name),
      WATERTIGHT_SERVICE: model.name,
      WATERTIGHT_INSTANCE: name,
      WATERTIGHT_DATA: places.dataFor(name),
      ...(own === undefined ? {} : { WATERTIGHT_STORE: servedStoreUrl(own, system, { ports, password }) }),
      ...(version === undefined ? {} : { WATERTIGHT_VERSION: version }),
      ...Object.fromEntries(
        model.calls.flatMap((call) => {
          const url = calleeUrl(call, instance)
          return url === undefined ? [] : [[`${constantCase(call.to)}_URL`, url]]
        }),
      ),
    },
    port: application,
    admin: undefined,
    probe: probeOf(model, application, system),
    drainMs: model.drainMs ?? DRAIN_MS,
    after: [...(own?.kind === 'embedded' ? [storeProgram(own.name)] : []), ...runEngines(system)],
  }

  function calleeUrl(call: CallModel, from: Instance): string | undefined {
    const { instances } = options
    const outbound = ports.instances.get(from.name)?.outbound.get(call.to)
    if (from.hasSidecar && outbound !== undefined) return `http://127.0.0.1:${outbound}`
    const first = instances.find((other) => other.service.name === call.to)
    const inbound = first === undefined ? undefined : ports.instances.get(first.name)?.inbound
    if (inbound !== undefined) return `http://127.0.0.1:${inbound}`
    const [endpoint] = system.services.get(call.to)?.endpoints ?? []
    return endpoint === undefined
      ? undefined
      : `${endpoint.tls ? 'https' : 'http'}://${endpoint.host}:${endpoint.port}`
  }
}

function sidecar(instance: Instance, options: PlanOptions): Program {
  const { admin, inbound } = portsOf(instance, options)
  const posture = ['--sidecar', instance.service.name]
  return proxy(`${instance.name}-sidecar`, 'sidecar', instance, posture, { admin, port: inbound }, options)
}

function gateway(options: PlanOptions): Program {
  const { gateway: port, gatewayAdmin: admin } = options.ports
  const isEnvoy = options.system.gateway.engine === 'envoy'
  const posture = ['--gateway', ...(isEnvoy ? ['--engine', 'envoy'] : ['--restartable'])]
  return {
    ...proxy('gateway', 'gateway', undefined, posture, { admin, port }, options),
    ...(isEnvoy
      ? { environment: tracesEnvironment(options, 'gateway', 'http/protobuf') }
      : { restartsInPlace: true }),
  }
}

function proxy(
  name: string,
  kind: 'sidecar' | 'gateway',
  instance: Instance | undefined,
  posture: readonly string[],
  { admin, port }: { readonly admin: number; readonly port: number },
  options: PlanOptions,
): Program {
  const { watertight, places, folder } = options
  const document = places.documentFor(instance?.name)
  const words = [...posture, '--manifest', document, '--admin', String(admin), '--workers', '1']
  return {
    name,
    kind,
    service: instance?.service.name ?? 'gateway',
    command: [...watertight, 'proxy', ...words],
    folder,
    environment: tracesEnvironment(options, instance?.service.name ?? 'gateway'),
    port,
    admin,
    probe: { kind: 'http', port: admin, ready: '/ready', live: '/ready' },
    drainMs: 30_000,
    after: [],
  }
}

/** Where sagas are run that are not run on a store; Temporal's packages are found beside its program. */
function temporalEnvironment({ ports }: PlanOptions): Record<string, string> {
  const temporal = ports.engines.get('temporal')
  if (temporal === undefined) return {}
  const packages = temporalPackages()
  return {
    TEMPORAL_ADDRESS: `127.0.0.1:${temporal.port}`,
    ...(packages === undefined ? {} : { WATERTIGHT_TEMPORAL_PACKAGES: packages }),
  }
}

/**
 * The variables of OpenTelemetry's SDKs. Spans alone: nobody is said to take metrics and logs there. Jaeger and the console take
 * them in either form; Envoy knows one.
 */
function tracesEnvironment(
  { ports, ...told }: PlanOptions,
  service: string,
  protocol: 'http/json' | 'http/protobuf' = 'http/json',
): Record<string, string> {
  const collector = ports.engines.get('jaeger')?.collector
  const tracesUrl = collector === undefined ? told.tracesUrl : `http://127.0.0.1:${collector}/v1/traces`
  if (tracesUrl === undefined) return {}
  return {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: tracesUrl,
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
    OTEL_SERVICE_NAME: service,
  }
}

function store(name: string, options: PlanOptions): Program {
  const { watertight, places, storePassword, folder } = options
  const { port, admin } = storePorts(name, options)
  const words = [places.storeFor(name), '--port', String(port), '--admin', String(admin)]
  return {
    name: storeProgram(name),
    kind: 'store',
    service: name,
    command: [...watertight, 'store', ...words],
    folder,
    // Whoever can see the words of a process does not see this.
    environment: { WATERTIGHT_STORE_PASSWORD: storePassword },
    port,
    admin,
    probe: { kind: 'http', port: admin, ready: '/ready', live: '/ready' },
    drainMs: DRAIN_MS,
    after: [],
  }
}

function storeProgram(name: string): string {
  return `${name}-store`
}

function storePorts(name: string, { ports }: PlanOptions) {
  const found = ports.stores.get(name)
  if (found !== undefined) return found
  throw new Error(`cannot plan store ${name}: it has no ports`)
}

function portsOf({ name }: Instance, { ports }: PlanOptions) {
  const found = ports.instances.get(name)
  if (found !== undefined) return found
  throw new Error(`cannot plan ${name}: it has no ports`)
}

/** A path where the document names one, else a connection; nothing where nobody is said to ask it anything. */
function probeOf({ name, live, ready, document }: ServiceModel, port: number, system: SystemModel): Probe {
  const path = ready?.path ?? live?.path
  if (path !== undefined) return { kind: 'http', port, ready: path, live: live?.path ?? path }
  const isAsked =
    document.port !== undefined ||
    document.versions !== undefined ||
    system.calls.some(({ to }) => to === name) ||
    system.forwardingRoutes.some(({ to }) => to === name)
  return isAsked ? { kind: 'tcp', port } : { kind: 'none' }
}

/** `legacy-tax` is `LEGACY_TAX`. */
function constantCase(name: string): string {
  return name.toUpperCase().replaceAll('-', '_')
}

/** Callers come before callees; those in a circle come in the order of the document. */
function stopOrder({ services }: SystemModel): ReadonlyMap<string, number> {
  const order: string[] = []
  const seen = new Set<string>()
  const visit = (service: ServiceModel): void => {
    if (seen.has(service.name)) return
    seen.add(service.name)
    for (const { to } of service.calls) {
      const callee = services.get(to)
      if (callee !== undefined) visit(callee)
    }
    order.push(service.name)
  }
  for (const service of services.values()) visit(service)
  return new Map(order.toReversed().map((name, index) => [name, index]))
}
