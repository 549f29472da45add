import type { SystemModel } from '@watertight/manifest'
import { documentName, instanceNames, type InstanceName } from '../services/names.js'
import { freePorts } from './free-ports.js'

/** The loopback ports of one process and of its sidecar. */
export interface InstancePorts {
  /** Of the process itself. */
  readonly application: number
  /** Where its sidecar takes in what others ask of it. */
  readonly inbound: number
  /** Where its sidecar tells how it is. */
  readonly admin: number
  /** Where the process finds each service that it calls: its sidecar takes it there. */
  readonly outbound: Readonly<Record<string, number>>
}

/** All ports of a run. */
export interface ShopPorts {
  readonly gateway: number
  readonly gatewayAdmin: number
  readonly database: number
  /** Where the database answers probes. */
  readonly databaseHealth: number
  readonly instances: Readonly<Record<InstanceName, InstancePorts>>
}

/** Finds a free port for everything that listens. `gateway` is the port of the gateway, 0 for any. */
export async function shopPorts({ services }: SystemModel, gateway: number): Promise<ShopPorts> {
  const calleesOf = (instance: InstanceName) =>
    (services.get(documentName(instance))?.calls ?? []).map(({ to }) => to)
  const wanted = instanceNames.reduce((sum, instance) => sum + 3 + calleesOf(instance).length, 4)
  const free = await freePorts(wanted)
  const next = () => free.pop() as number
  const instances = instanceNames.map((instance): [InstanceName, InstancePorts] => [
    instance,
    {
      application: next(),
      inbound: next(),
      admin: next(),
      outbound: Object.fromEntries(calleesOf(instance).map((callee) => [callee, next()])),
    },
  ])
  return {
    gateway: gateway === 0 ? next() : gateway,
    gatewayAdmin: next(),
    database: next(),
    databaseHealth: next(),
    instances: Object.fromEntries(instances) as Record<InstanceName, InstancePorts>,
  }
}
