import type { SystemModel } from '@watertight/manifest'
import { freePorts, isPortFree } from '../ports/free-ports.js'
import type { Instance } from './instances.js'

/** The loopback ports of one process and of its sidecar. */
export interface InstancePorts {
  /** Where the process itself listens. */
  readonly application: number
  /** Where others reach it: its sidecar, or itself. */
  readonly inbound: number
  /** Where its sidecar tells how it is. */
  readonly admin: number
  /** Where the process finds each service that it calls through its sidecar. */
  readonly outbound: ReadonlyMap<string, number>
}

/** All ports of a run. */
export interface RunPorts {
  readonly gateway: number
  readonly gatewayAdmin: number
  readonly instances: ReadonlyMap<string, InstancePorts>
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
): Promise<RunPorts> {
  const fresh = instances.filter(({ name }) => !former?.instances.has(name))
  const owners = new Map<number, string>()
  const gatewayNamed = former?.gateway ?? system.gateway.listen?.port
  if (gatewayNamed !== undefined && former === undefined) owners.set(gatewayNamed, 'gateway')
  for (const instance of fresh) for (const port of namedPorts(instance)) owners.set(port, instance.name)
  for (const [port, owner] of owners) if (!(await isPortFree(port))) throw new PortTakenError(owner, port)
  const wanted = fresh.reduce((sum, { service }) => sum + 3 + service.calls.length, 2)
  const free = await freePorts(wanted, new Set([...owners.keys(), ...portsIn(former)]))
  const next = () => free.pop() as number
  return {
    gateway: gatewayNamed ?? next(),
    gatewayAdmin: former?.gatewayAdmin ?? next(),
    instances: new Map(
      instances.map((instance) => [
        instance.name,
        former?.instances.get(instance.name) ?? instancePorts(instance, next),
      ]),
    ),
  }
}

function instancePorts(instance: Instance, next: () => number): InstancePorts {
  const { service, hasSidecar, isFirst } = instance
  const inbound = inboundNamed(instance) ?? next()
  const named = hasSidecar && isFirst ? service : undefined
  return {
    inbound,
    application: hasSidecar ? (named?.applicationPort ?? next()) : inbound,
    admin: next(),
    outbound: new Map(service.calls.map(({ to }) => [to, named?.outboundPorts.get(to) ?? next()])),
  }
}

function inboundNamed({ service: { document }, version, isFirst }: Instance): number | undefined {
  if (version !== undefined) return document.versions?.[version]?.port
  return isFirst ? document.port : undefined
}

function namedPorts(instance: Instance): number[] {
  const { service, hasSidecar, isFirst } = instance
  const behind = hasSidecar && isFirst ? [service.applicationPort, ...service.outboundPorts.values()] : []
  return [inboundNamed(instance), ...behind].filter((port) => port !== undefined)
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
  ]
}
