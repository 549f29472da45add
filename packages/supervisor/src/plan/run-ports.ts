import { type EngineName, freePorts, isPortFree } from '@watertight/deploy'
import type { SystemModel } from '@watertight/manifest'
import type { Instance } from './instances.js'
import { runEngines } from './run-engines.js'
import type { EnginePorts, InstancePorts, RunPorts, ServedPorts } from './instance-ports.js'
import { embeddedStores } from './served-stores.js'

/** Which ports are wanted, where those of the document are not. */
export interface PortWishes {
  /** Free ones throughout, whatever the document names: for a second copy of a system that runs. */
  readonly free?: boolean
  /** Where the gateway listens; 0 takes any free one. */
  readonly gateway?: number
}

/** A port that the document names, and that somebody else has. */
export class PortTakenError extends Error {
  readonly code = 'WT_PORT_TAKEN'
  readonly port: number

  constructor(owner: string, port: number) {
    super(`cannot start ${owner}: port ${port} on 127.0.0.1 is taken by another program`)
    this.name = 'PortTakenError'
    this.port = port
  }
}

/**
 * Gives every program its ports: those that it has already, those that the document names, and free ones.
 *
 * @throws {@link PortTakenError} when a port that the document names is taken
 */
export async function runPorts(
  system: SystemModel,
  instances: readonly Instance[],
  former?: RunPorts,
  wishes: PortWishes = {},
): Promise<RunPorts> {
  const fresh = instances.filter(({ name }) => !former?.instances.has(name))
  const owners = new Map<number, string>()
  const gatewayNamed = former?.gateway ?? wishedGateway(system, wishes)
  if (gatewayNamed !== undefined && former === undefined) owners.set(gatewayNamed, 'gateway')
  const named = (instance: Instance) => (wishes.free === true ? {} : portsNamed(instance))
  for (const instance of fresh) for (const port of allNamed(named(instance))) owners.set(port, instance.name)
  for (const [port, owner] of owners) if (!(await isPortFree(port))) throw new PortTakenError(owner, port)
  const stores = embeddedStores(system)
  const engines = runEngines(system)
  const ofServed = 2 * stores.length + 3 * engines.length
  const wanted = fresh.reduce((sum, { service }) => sum + 3 + service.calls.length, 2 + ofServed)
  const free = await freePorts(wanted, new Set([...owners.keys(), ...portsIn(former)]))
  const next = () => free.pop() as number
  return {
    gateway: gatewayNamed ?? next(),
    gatewayAdmin: former?.gatewayAdmin ?? next(),
    instances: new Map(
      instances.map((instance) => [
        instance.name,
        former?.instances.get(instance.name) ?? instancePorts(instance, named(instance), next),
      ]),
    ),
    stores: new Map(stores.map(({ name }) => [name, former?.stores.get(name) ?? served(next)])),
    engines: new Map(engines.map((name) => [name, former?.engines.get(name) ?? enginePorts(name, next)])),
  }
}

const served = (next: () => number): ServedPorts => ({ port: next(), admin: next() })

const enginePorts = (name: EngineName, next: () => number): EnginePorts => ({
  ...served(next),
  ...(name === 'jaeger' ? { collector: next() } : {}),
})

function wishedGateway({ gateway }: SystemModel, wishes: PortWishes): number | undefined {
  const { listen } = gateway
  if (listen === undefined || wishes.gateway === 0) return undefined
  return wishes.gateway ?? (wishes.free === true ? undefined : listen.port)
}

/** What the document names of the ports of one process. */
interface NamedPorts {
  readonly inbound?: number | undefined
  readonly application?: number | undefined
  readonly outbound?: ReadonlyMap<string, number>
}

function instancePorts(
  { service, hasSidecar }: Instance,
  named: NamedPorts,
  next: () => number,
): InstancePorts {
  const inbound = named.inbound ?? next()
  return {
    inbound,
    application: hasSidecar ? (named.application ?? next()) : inbound,
    admin: next(),
    outbound: new Map(service.calls.map(({ to }) => [to, named.outbound?.get(to) ?? next()])),
  }
}

function portsNamed({ service, version, hasSidecar, isFirst }: Instance): NamedPorts {
  const { document, applicationPort, outboundPorts } = service
  if (version !== undefined) return { inbound: document.versions?.[version]?.port }
  if (!isFirst) return {}
  const behind = hasSidecar ? { application: applicationPort, outbound: outboundPorts } : {}
  return { inbound: document.port, ...behind }
}

function allNamed({ inbound, application, outbound = new Map<string, number>() }: NamedPorts): number[] {
  return [inbound, application, ...outbound.values()].filter((port) => port !== undefined)
}

function portsIn(ports: RunPorts | undefined): number[] {
  if (ports === undefined) return []
  const own = [...ports.instances.values()]
  return [
    ports.gateway,
    ports.gatewayAdmin,
    ...own.flatMap(({ application, inbound, admin, outbound }) => [
      application,
      inbound,
      admin,
      ...outbound.values(),
    ]),
    ...[...ports.stores.values()].flatMap(({ port, admin }) => [port, admin]),
    ...[...ports.engines.values()].flatMap(({ port, admin, collector = [] }) =>
      [port, admin, collector].flat(),
    ),
  ]
}
