import type { SystemModel } from '@watertight/manifest'
import type { RunPorts } from './instance-ports.js'
import type { Instance } from './instances.js'

export interface PlanOptions {
  readonly system: SystemModel
  readonly instances: readonly Instance[]
  readonly ports: RunPorts
  /** Where the document lies; the commands that it names are run there. */
  readonly folder: string
  /** Starts `watertight`; the words that it is to take follow. */
  readonly watertight: readonly [string, ...string[]]
  /** Where the run keeps what it must not forget. */
  readonly places: RunPlaces
  /** What whoever connects to a store of the run has to know. */
  readonly storePassword: string
  /** What services are told besides. */
  readonly environment: Readonly<Record<string, string>>
  /** Where all of them send their spans, by OTLP over HTTP as JSON, where no Jaeger of the run takes them. */
  readonly tracesUrl?: string | undefined
}

/** Where a run keeps things. */
export interface RunPlaces {
  /** The folder of the run, in which all others are. */
  readonly path: string
  /** The run's document that a process, or its sidecar, reads; without a name, the one that all others read. */
  documentFor(instance: string | undefined): string
  /** The folder that is a process's own, from run to run. */
  dataFor(instance: string): string
  /** The folder of an embedded store. */
  storeFor(store: string): string
  /** The folder of an engine. */
  engineFor(engine: string): string
}
