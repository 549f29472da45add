import type { Enforcement, Mode } from '@watertight/manifest'
import type { Told } from './told.js'

/** One value of a policy in force, and why it is that. */
export interface PolicyValue {
  /** `timeout.attempt`. */
  readonly setting: string
  /** `800ms`. */
  readonly value: string
  /** `watertight.yaml:23 (policies.standard)`, or `default`. */
  readonly origin: string
}

/** What is in force for the calls of a service to another. */
export interface CallPanel {
  readonly to: string
  readonly enforcedBy: Enforcement | 'gateway'
  /** The policy that it has in the document. */
  readonly policy: string
  readonly mode: Mode
  /** What it is at worst, in sentences: attempts, time, load. */
  readonly summary: readonly string[]
  readonly values: readonly PolicyValue[]
}

/** How one endpoint of a destination stands, as the proxy that calls it sees it. */
export interface EndpointStand {
  /** The proxy: `gateway`, `order-sidecar`. */
  readonly seenBy: string
  readonly to: string
  readonly address: string
  readonly active: number
  readonly connections: number
  /** Null where whoever sees it has no queue for an endpoint alone. */
  readonly pending: number | null
  readonly ejected: boolean
  readonly healthy: boolean
}

/** What the panel of a service shows beside its stand in the snapshot. */
export interface ServicePanel {
  readonly name: string
  readonly calls: readonly CallPanel[]
  /** Those that it calls, and its own as others see them. */
  readonly endpoints: Told<readonly EndpointStand[]>
  /** The last lines that its processes wrote. */
  readonly log: Told<readonly { readonly program: string; readonly line: string }[]>
}
