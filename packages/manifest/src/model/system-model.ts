import type { AlertDocument, ExperimentDocument, ManifestDocument } from '../document/manifest-document.js'
import type { ConsumptionDocument, Idempotence, ServiceDocument } from '../document/service-document.js'
import type { DocumentPath } from '../source/manifest-source.js'
import type { Mode } from '../words/mode-names.js'
import type { CallOrder, Enforcement } from '../words/service-words.js'
import type { Origin } from './origin.js'
import type { PolicyModel } from './policy-model.js'

/** What the caller does when the callee cannot answer: a fixed answer, a queue, or the last good answer. */
export interface FallbackModel {
  readonly status: number | undefined
  /** Sent as JSON, with `status`. */
  readonly body: unknown
  readonly queue: string | undefined
  readonly cache: { readonly maxAgeMs: number } | undefined
}

export interface CallModel {
  readonly from: string
  readonly to: string
  readonly path: DocumentPath
  readonly policy: PolicyModel
  readonly enforce: Enforcement
  readonly enforceOrigin: Origin
  readonly mode: Mode
  readonly operations: ReadonlyMap<string, Idempotence>
  readonly fallback: FallbackModel | undefined
  readonly optional: boolean
  readonly clientAttempts: number
}

export interface ProbeModel {
  readonly path: string
  readonly checks: readonly string[]
}

export interface ServiceModel {
  readonly name: string
  readonly path: DocumentPath
  /** The service as it is written. */
  readonly document: ServiceDocument
  readonly enforce: Enforcement
  readonly live: ProbeModel | undefined
  readonly ready: ProbeModel | undefined
  /** Whether the people of this document run it: it says how, and not that it is `external`. */
  readonly isOurs: boolean
  readonly callOrder: CallOrder
  readonly availability: number | undefined
  readonly p50Ms: number | undefined
  readonly p95Ms: number | undefined
  readonly p99Ms: number | undefined
  readonly objectiveWindowMs: number
  /** Replicas that are always there; undefined when the document does not say. */
  readonly replicasMin: number | undefined
  readonly drainMs: number | undefined
  readonly calls: readonly CallModel[]
  readonly publishes: readonly string[]
  readonly consumes: ReadonlyMap<string, ConsumptionDocument>
}

/** Which requests a route takes. */
export interface RouteMatch {
  readonly path: string
  /** `segments`: the path and what is below it. `exact`: that path. `prefix`: whatever starts with these letters. */
  readonly pathKind: 'segments' | 'exact' | 'prefix'
  /** None stands for all. */
  readonly methods: readonly string[]
  /** In lower case, with `*.` in front for all names below. None stands for all. */
  readonly hosts: readonly string[]
}

export interface RouteModel {
  readonly path: DocumentPath
  readonly match: RouteMatch
  readonly to: string
  readonly split: ReadonlyMap<string, number>
  /** Its timeout and retry; those of the gateway where the route is silent. */
  readonly policy: PolicyModel
}

export interface AlertModel extends AlertDocument {
  readonly name: string
  readonly path: DocumentPath
  readonly longMs: number
  readonly shortMs: number
}

/** The whole system, normalised: references resolved, units removed, defaults filled in. */
export interface SystemModel {
  readonly name: string
  readonly document: ManifestDocument
  readonly policies: ReadonlyMap<string, PolicyModel>
  readonly services: ReadonlyMap<string, ServiceModel>
  /** Every call of every service, in document order. */
  readonly calls: readonly CallModel[]
  readonly routes: readonly RouteModel[]
  /** What holds for every route that does not say otherwise. */
  readonly gatewayPolicy: PolicyModel
  readonly alerts: readonly AlertModel[]
  readonly experiments: readonly (ExperimentDocument & { readonly name: string })[]
  readonly meshAttempts: number
}
