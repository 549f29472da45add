import type { Duration } from '../units/duration.js'
import type { Percentage } from '../units/percentage.js'
import type { Mode } from '../words/mode-names.js'
import type { Enforcement, ReleaseStrategy } from '../words/service-words.js'
import type { systemWords } from '../words/system-words.js'
import type { BrokerDocument, EventDocument, SagaDocument, StoreDocument } from './data-document.js'
import type { DrillDocument } from './drill-document.js'
import type { GatewayDocument } from './gateway-document.js'
import type { MonitoringDocument } from './monitoring-document.js'
import type { PolicyDocument } from './policy-document.js'
import type { ServiceDocument } from './service-document.js'

/** What the service mesh does to every call, whoever else enforces the policy. */
export interface MeshDocument {
  readonly kind?: (typeof systemWords.mesh)[number]
  /** Attempts of the mesh's own default retry, the first included. Default 1: none. */
  readonly attempts?: number
  /** Mutual TLS between services. */
  readonly mutualTls?: boolean
}

export interface AlertDocument<Service extends string = string> {
  readonly service: Service
  /** Fires when the error budget burns this many times faster than it may. */
  readonly burnRate: number
  readonly long?: Duration
  readonly short?: Duration
}

export interface ExperimentDocument<Service extends string = string> {
  readonly target: Service
  readonly fault: (typeof systemWords.fault)[number]
  readonly every?: Duration
  readonly share?: Percentage
  readonly description?: string
}

export interface TelemetryDocument {
  readonly metrics?: string
  readonly traces?: string
  readonly logs?: string
}

/** Sets the severity of a finding; `off` silences it. Both need a reason. */
export interface FindingRuleDocument {
  readonly severity: (typeof systemWords.severity)[number]
  readonly reason: string
  /** Only below this place, such as `services.order`. */
  readonly at?: string
}

export interface PlatformDocument {
  /** Where the infrastructure is described as code. */
  readonly code?: string
  readonly release?: ReleaseStrategy
  readonly telemetry?: TelemetryDocument
}

/** `watertight.yaml` as it is written. */
export interface ManifestDocument<Service extends string = string, Policy extends string = string> {
  readonly watertight: 'v1'
  readonly system: string
  readonly description?: string
  readonly enforce?: Enforcement
  readonly mode?: Mode
  /** The day on which people last looked at these thresholds, as `2026-11-30`. */
  readonly reviewed?: string
  readonly policies?: { readonly [Name in Policy]: PolicyDocument<NoInfer<Policy>> }
  readonly services: { readonly [Name in Service]: ServiceDocument<NoInfer<Service>, NoInfer<Policy>> }
  /** Sidecars and gateway know one another by the certificates beside the document. Default false. */
  readonly mutualTls?: boolean
  readonly gateway?: GatewayDocument<NoInfer<Service>, NoInfer<Policy>>
  readonly mesh?: MeshDocument
  readonly platform?: PlatformDocument
  /** Where services keep data, by name. */
  readonly stores?: { readonly [store: string]: StoreDocument }
  /** What carries events from one service to another. Default: left to the code. */
  readonly broker?: BrokerDocument
  readonly events?: { readonly [event: string]: EventDocument }
  readonly sagas?: { readonly [saga: string]: SagaDocument<NoInfer<Service>> }
  readonly alerts?: { readonly [alert: string]: AlertDocument<NoInfer<Service>> }
  /** What watches the running system. */
  readonly monitoring?: MonitoringDocument
  readonly chaos?: { readonly [experiment: string]: ExperimentDocument<NoInfer<Service>> }
  readonly drills?: { readonly [drill: string]: DrillDocument<NoInfer<Service>> }
  readonly findings?: { readonly [code: string]: FindingRuleDocument | readonly FindingRuleDocument[] }
}
