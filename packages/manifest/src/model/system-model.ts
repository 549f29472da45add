import type { AlertDocument, ExperimentDocument, ManifestDocument } from '../document/manifest-document.js'
import type { ConsumptionDocument, Idempotence, ServiceDocument } from '../document/service-document.js'
import type { EndpointModel } from '../document/read-endpoint.js'
import type { DocumentPath } from '../source/manifest-source.js'
import type { Mode } from '../words/mode-names.js'
import type { Protocol } from '../words/protocol-names.js'
import type { CallOrder, Enforcement } from '../words/service-words.js'
import type { BrokerModel, EventModel, SagaModel, StoreModel } from './data-model.js'
import type { Origin } from './origin.js'
import type { FallbackModel } from './fallback-model.js'
import type { GatewayModel } from './gateway-model.js'
import type { MonitoringModel } from './monitoring-model.js'
import type { PolicyModel } from './policy-model.js'
import type { ForwardingRoute, RouteModel } from './route-model.js'
import type { SheddingModel } from './shedding-model.js'

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

/** One version of a service. */
export interface VersionModel {
  readonly name: string
  readonly endpoints: readonly EndpointModel[]
}

/** When an endpoint that answers wrongly is left out by a proxy, and when it is used again. */
export interface ProbingModel {
  readonly intervalMs: number
  readonly unhealthy: number
  readonly healthy: number
}

export interface ServiceModel {
  readonly name: string
  readonly path: DocumentPath
  /** The service as it is written. */
  readonly document: ServiceDocument
  readonly enforce: Enforcement
  /**
   * Where it is reached: its `endpoints`, or 127.0.0.1 and its `port`, or those of all its versions. Empty where the
   * document does not say.
   */
  readonly endpoints: readonly EndpointModel[]
  readonly versions: ReadonlyMap<string, VersionModel>
  readonly protocol: Protocol
  /** What one caller opens to each endpoint. */
  readonly connections: { readonly max: number; readonly idleMs: number }
  /** How a proxy asks `ready`, where there is one. */
  readonly probing: ProbingModel
  /** What it refuses as more than it can bear: `false` for `off`, undefined where the document does not say. */
  readonly shedding: SheddingModel | false | undefined
  /**
   * Who may call it by mutual TLS: names of services, `gateway`, identities that begin with `spiffe://`. Where the
   * document does not say, those that call it there.
   */
  readonly callers: readonly string[] | 'any'
  /** Where the process listens on loopback, behind its sidecar. Undefined where requests go to the process itself. */
  readonly applicationPort: number | undefined
  /** Where the process finds each service that it calls through its sidecar, on loopback. */
  readonly outboundPorts: ReadonlyMap<string, number>
  /** Where each value of these came from, by its dotted name: `connections.max`. */
  readonly origins: ReadonlyMap<string, Origin>
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
  /** In the order in which they are tried. */
  readonly routes: readonly RouteModel[]
  /** Those of them behind which a service answers. */
  readonly forwardingRoutes: readonly ForwardingRoute[]
  readonly gateway: GatewayModel
  /** What holds for every route that does not say otherwise. */
  readonly gatewayPolicy: PolicyModel
  readonly stores: ReadonlyMap<string, StoreModel>
  readonly broker: BrokerModel
  readonly events: ReadonlyMap<string, EventModel>
  readonly sagas: ReadonlyMap<string, SagaModel>
  readonly alerts: readonly AlertModel[]
  readonly monitoring: MonitoringModel
  readonly experiments: readonly (ExperimentDocument & { readonly name: string })[]
  readonly meshAttempts: number
  /** Whether sidecars and gateway know one another by certificates. */
  readonly mutualTls: boolean
}
