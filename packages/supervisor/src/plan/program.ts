import type { Probe } from '../readiness/probe.js'

/** What a program does for the system. */
export type ProgramKind = 'service' | 'sidecar' | 'gateway' | 'store' | 'engine'

/** One program of a run: how it is started, where it answers, and how it is asked whether it is well. */
export interface Program {
  /** `order`, `order-2`, `order-canary`, `order-sidecar`, `gateway`, `shop-store`, `postgres`. */
  readonly name: string
  readonly kind: ProgramKind
  /** The service or the store of the document that it runs, or stands beside; `gateway` for the gateway, and the name of an engine. */
  readonly service: string
  /** A line for the shell as the document has it, or a program and its words. */
  readonly command: string | readonly [string, ...string[]]
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  /** Where it takes in requests on 127.0.0.1. */
  readonly port: number
  /** Where it tells how it is, for what is not a service. */
  readonly admin: number | undefined
  readonly probe: Probe
  /** How long it may finish what is under way once it is told to stop. */
  readonly drainMs: number
  /** Whether it takes the place of itself on SIGUSR2, and answers all the time. */
  readonly restartsInPlace?: boolean
  /** The programs that must be ready before this one is started for the first time. */
  readonly after: readonly string[]
}
