import type { EngineName } from '@watertight/deploy'

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
  /** Of each store that the run serves: where it listens, and where it tells how it is. */
  readonly stores: ReadonlyMap<string, ServedPorts>
  /** The same of each engine that the run starts. */
  readonly engines: ReadonlyMap<EngineName, EnginePorts>
}

export interface ServedPorts {
  readonly port: number
  readonly admin: number
}

export interface EnginePorts extends ServedPorts {
  /** Where it takes spans, for the one that does. */
  readonly collector?: number
}
