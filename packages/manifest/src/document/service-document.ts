import type { DataRetryDocument } from './data-document.js'
import type { Duration } from '../units/duration.js'
import type { Percentage } from '../units/percentage.js'
import type { Protocol } from '../words/protocol-names.js'
import type { CallOrder, Enforcement, ReleaseStrategy, serviceWords } from '../words/service-words.js'
import type { PolicySections } from './policy-document.js'
import type { SheddingDocument } from './shedding-document.js'

/** Whether an operation may be repeated: always, never, or because it carries an idempotency key. */
export type Idempotence = boolean | 'by-key'

export interface OperationDocument {
  readonly idempotent?: Idempotence
  readonly description?: string
}

/** What the caller does when the callee cannot answer. Exactly one kind. */
export interface FallbackDocument {
  /** Answer with this status and `body`. */
  readonly status?: number
  readonly body?: unknown
  /** Keep the call in this queue and do it later. */
  readonly queue?: string
  /** Answer with the last good value, if it is not older. */
  readonly cache?: { readonly maxAge: Duration }
}

/** One service calling another. */
export interface CallDocument<Policy extends string = string> extends PolicySections {
  readonly policy?: Policy
  /** By method and path, such as `POST /charges`. */
  readonly operations?: { readonly [operation: string]: OperationDocument }
  readonly fallback?: FallbackDocument
  /** The caller is useful without this callee. */
  readonly optional?: boolean
  readonly enforce?: Enforcement
  /** Attempts that the caller's own library makes (a vendor's SDK), over and above the policy. Default 1. */
  readonly clientAttempts?: number
}

/** A probe: its path, and the services that its answer depends on. */
export type ProbeDocument = string | { readonly path: string; readonly checks?: readonly string[] }

export interface HealthDocument {
  readonly live?: ProbeDocument
  readonly ready?: ProbeDocument
  readonly startup?: ProbeDocument
  /** Time between two requests by which a proxy asks `ready` of each endpoint. */
  readonly interval?: Duration
  /** Consecutive wrong answers after which an endpoint is left out. */
  readonly unhealthy?: number
  /** Consecutive right answers after which it is used again. */
  readonly healthy?: number
}

/** One version of a service, for the split of a route. */
export interface VersionDocument {
  /** On 127.0.0.1, where there are no `endpoints`. */
  readonly port?: number
  readonly endpoints?: readonly string[]
}

/** The ports of the sidecar of a service, and of the process that it stands before. */
export interface SidecarDocument {
  /** Where the process itself listens, on loopback: the sidecar then takes in requests at `port`. */
  readonly application?: number
  /** Where the process finds each service that it calls, on loopback. Default: any free port, told when it is ready. */
  readonly outbound?: { readonly [callee: string]: number }
}

/** The connections that one caller keeps to each endpoint. */
export interface ConnectionsDocument {
  readonly max?: number
  readonly idle?: Duration
}

export interface ObjectiveDocument {
  readonly availability?: Percentage
  readonly latency?: { readonly p50?: Duration; readonly p95?: Duration; readonly p99?: Duration }
  readonly window?: Duration
}

export interface ScaleDocument {
  readonly min?: number
  readonly max?: number
  readonly cpu?: Percentage
  /** How many replicas may be away on purpose at one time. */
  readonly maxUnavailable?: number
}

export interface ConsumptionDocument {
  /** How a second delivery does no harm: an inbox, a key, or the nature of the handler. `false` is a finding. */
  readonly idempotent?: (typeof serviceWords.consumption)[number] | false
  /** Where a message goes that keeps failing. */
  readonly deadLetter?: string
  readonly retry?: DataRetryDocument
  /** For the handlers of one batch together. */
  readonly timeout?: Duration
  /** Events handled in one transaction at most. */
  readonly batch?: number
  /** After so long without a word from a process, others take over. */
  readonly lease?: Duration
}

export interface OutboxDocument {
  /** Who carries events out: the service itself, another service by name, or nobody. */
  readonly relay?: string
}

export interface IdempotencyDocument {
  /** Which of `stores` decides who runs a key. Default: the store of the service. */
  readonly store?: string
  /** Which of `stores`, a Redis, has copies of the answers of keys that are done. Default: none. */
  readonly cache?: string
}

/** One service of the system. */
export interface ServiceDocument<Service extends string = string, Policy extends string = string> {
  readonly description?: string
  readonly run?: string
  /** Run by somebody else: nothing is asked of it but what it promises. */
  readonly external?: boolean
  readonly port?: number
  /** Where it is reached, as `host:port`, or `https://host`. Default: 127.0.0.1 and `port`. */
  readonly endpoints?: readonly string[]
  readonly versions?: { readonly [version: string]: VersionDocument }
  readonly protocol?: Protocol
  readonly connections?: ConnectionsDocument
  /** Who may call it where sidecars know one another by certificates. Default: who calls it in this document. */
  readonly callers?: readonly string[] | 'any'
  readonly sidecar?: SidecarDocument
  readonly enforce?: Enforcement
  readonly health?: HealthDocument
  /** What is more than its process can bear, refused there or by its sidecar. Default: the sidecar sheds nothing. */
  readonly shedding?: SheddingDocument | 'off'
  readonly objective?: ObjectiveDocument
  readonly scale?: ScaleDocument
  /** Requests that all replicas together can work on at one time. */
  readonly capacity?: number
  /** How long the service finishes what is in flight before it stops. */
  readonly drain?: Duration
  /** Where state lives between requests. */
  readonly state?: (typeof serviceWords.state)[number]
  readonly release?: ReleaseStrategy
  /** Whether the calls of one request follow each other or run at the same time. Default `parallel`. */
  readonly callOrder?: CallOrder
  readonly calls?: { readonly [Callee in Service]?: CallDocument<Policy> }
  readonly publishes?: readonly string[]
  readonly consumes?: readonly string[] | { readonly [event: string]: ConsumptionDocument }
  readonly outbox?: OutboxDocument
  /** Which of `stores` has its data, its outbox, its inbox and its sagas. */
  readonly store?: string
  /** Where the keys of requests are kept that may come twice. */
  readonly idempotency?: IdempotencyDocument
}
