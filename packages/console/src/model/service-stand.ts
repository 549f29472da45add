import type { Told } from './told.js'

/** How a service does. A number is null where its source does not have it. */
export interface GoldenSignals {
  readonly ratePerSecond: number | null
  /** Of the requests that were answered or failed, 0..1; null when there were none. */
  readonly errorShare: number | null
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  /** What it has to bear as a share of what it can, 0..1 and above. */
  readonly saturation: number | null
  /** What is meant by it: `cpu`, `slots`, `event loop`. */
  readonly saturationOf: string | null
  readonly inFlight: number | null
  /** Requests that wait for a slot. */
  readonly queued: number | null
}

/** One objective of the document, and what is left of its budget. */
export interface ObjectiveStand {
  readonly name: 'availability' | 'latency'
  /** The share of requests that must make it, 0..1. */
  readonly target: number
  /** Of latency: within how long. */
  readonly limitMs: number | null
  readonly windowMs: number
  /** The share of the error budget that is left: 1 untouched, 0 used up, negative beyond. */
  readonly budgetLeft: number | null
  /** How many times faster than allowed the budget burns, over each window, such as `5m`. */
  readonly burnRates: readonly { readonly window: string; readonly rate: number }[]
}

/** One process of a service, or the sidecar beside it. */
export interface ReplicaStand {
  /** `order`, `order-2`, `order-canary`, `order-sidecar`. */
  readonly name: string
  readonly kind: 'service' | 'sidecar' | 'gateway'
  readonly state: 'starting' | 'ready' | 'restarting' | 'crash-loop' | 'stopping' | 'stopped'
  readonly pid: number | null
  readonly port: number
  readonly restarts: number
  readonly upForMs: number | null
  /** Share of a core, 0..1 and above. */
  readonly cpu: number | null
  readonly memoryBytes: number | null
}

/** How well something is: `unknown` where nothing that would tell can be asked. */
export type Level = 'ok' | 'warning' | 'critical' | 'unknown'

/** A service of the document, or its gateway. */
export interface ServiceStand {
  readonly name: string
  /** An `external` one is called, and not run by the system. */
  readonly kind: 'service' | 'gateway' | 'external'
  readonly description: string | null
  readonly level: Level
  /** Why it is not `ok`, a plain sentence each. */
  readonly because: readonly string[]
  readonly signals: Told<GoldenSignals>
  /** None when the document sets none. */
  readonly objectives: readonly ObjectiveStand[]
  readonly replicas: Told<readonly ReplicaStand[]>
}
