import type { Duration } from '../units/duration.js'
import type { sagaEngineNames } from '../words/saga-words.js'

export interface StoreAddressDocument {
  /** `postgres://host/database`, `redis://host`, `redis+sentinel://host,host/name`, `pglite:./folder` */
  readonly url?: string
  /** The variable of the environment that has the URL, so that no password stands in the document. */
  readonly env?: string
}

/**
 * Where data is kept: `embedded`, for a Postgres inside of the process; `postgres` or `redis`, for one that `watertight up`
 * starts; a URL, or the variable that has it.
 */
export type StoreDocument = string | StoreAddressDocument

export interface DataBackoffDocument {
  readonly initial?: Duration
  readonly max?: Duration
}

export interface DataRetryDocument {
  readonly attempts?: number
  readonly backoff?: DataBackoffDocument
}

/**
 * What carries events from one service to another: `postgres`, where each is read from the outbox that it was written to, or
 * Kafka by its URL, `kafka://host:9092,host:9092`, or the variable that has it. `kafka` alone has no address yet.
 */
export type BrokerDocument = string | StoreAddressDocument

/** An event that services publish and consume. */
export interface EventDocument {
  readonly description?: string
  /** The log that it is written to. Default: its own name. */
  readonly topic?: string
  /** The part of its data by which events are kept in order, such as `orderId`. */
  readonly key?: string
  /** The file of the schema of its data. */
  readonly schema?: string
  readonly version?: number
}

/** A step of a saga that runs by itself, or one beside others. */
export interface SagaBranchDocument<Service extends string = string> {
  readonly name: string
  readonly service?: Service
  /** What is called there, such as `POST /charges`. */
  readonly operation?: string
  /** The operation that undoes the step; left out when there is none. */
  readonly compensate?: string
  /** A step that may fail without ending the saga. */
  readonly optional?: boolean
  /** A step that changes nothing and so needs no compensation. */
  readonly readOnly?: boolean
  readonly retry?: DataRetryDocument
  /** For one try; for a signal, how long it is waited for. */
  readonly timeout?: Duration
  readonly compensation?: { readonly retry?: DataRetryDocument; readonly timeout?: Duration }
  /** A wait for a signal of this name, in place of a call. */
  readonly signal?: string
  /** A wait of this length, in place of a call. */
  readonly sleep?: Duration
  /** Another saga, in place of a call. */
  readonly saga?: string
}

export interface SagaStepDocument<Service extends string = string> extends SagaBranchDocument<Service> {
  /** Steps that start together, in place of one. */
  readonly parallel?: readonly SagaBranchDocument<Service>[]
}

export interface SagaDocument<Service extends string = string> {
  readonly description?: string
  /** The service that runs it. */
  readonly service?: Service
  readonly version?: number
  /** How long the whole may take before it turns back. */
  readonly deadline?: Duration
  /** What runs it: the store of its service; Temporal, where `TEMPORAL_ADDRESS` says; or events alone. Default `store`. */
  readonly engine?: (typeof sagaEngineNames)[number]
  readonly steps: readonly SagaStepDocument<Service>[]
}
