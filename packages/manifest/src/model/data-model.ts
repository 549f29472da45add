import type { ConsumptionDocument } from '../document/service-document.js'
import type { DocumentPath } from '../source/manifest-source.js'
import type { brokerNames } from '../words/protocol-names.js'
import type { sagaEngineNames } from '../words/saga-words.js'
import type { storeNames } from '../words/store-names.js'
import type { Origin } from './origin.js'

export interface DataRetryModel {
  /** The first included. */
  readonly attempts: number
  readonly backoff: { readonly initialMs: number; readonly maxMs: number }
}

/** Where data is kept. */
export interface StoreModel {
  readonly name: string
  readonly path: DocumentPath
  readonly kind: (typeof storeNames)[number] | 'unknown'
  /** Undefined where it has no address yet, or stands in a variable of the environment. */
  readonly url: string | undefined
  readonly env: string | undefined
}

/** What carries events from one service to another. */
export interface BrokerModel {
  /** Undefined where the document leaves it to the code. */
  readonly path: DocumentPath | undefined
  readonly kind: (typeof brokerNames)[number]
  /** Of Kafka: undefined where it stands in a variable of the environment, or nowhere. */
  readonly url: string | undefined
  readonly env: string | undefined
}

/** How a service takes an event. */
export interface ConsumerModel {
  readonly service: string
  readonly path: DocumentPath
  /** `inbox`, `by-key`, `by-nature`; false or undefined where nothing says why a second delivery does no harm. */
  readonly idempotent: ConsumptionDocument['idempotent'] | undefined
  readonly deadLetter: string | undefined
  readonly retry: DataRetryModel
  readonly timeoutMs: number
  readonly batch: number
  readonly leaseMs: number
  readonly origins: ReadonlyMap<string, Origin>
}

/** An event, with all who have to do with it. */
export interface EventModel {
  readonly name: string
  /** Where it is declared; undefined where services alone name it. */
  readonly path: DocumentPath | undefined
  readonly topic: string
  readonly key: string | undefined
  readonly schema: string | undefined
  readonly version: number
  readonly publishers: readonly string[]
  readonly consumers: readonly ConsumerModel[]
}

export interface SagaStepModel {
  readonly name: string
  readonly path: DocumentPath
  readonly kind: 'call' | 'signal' | 'sleep' | 'saga'
  readonly service: string | undefined
  readonly operation: string | undefined
  readonly compensate: string | undefined
  /** The signal or the saga that it waits for. */
  readonly awaits: string | undefined
  readonly optional: boolean
  readonly readOnly: boolean
  readonly retry: DataRetryModel
  /** For one try. Undefined for a signal that is waited for without a limit. */
  readonly timeoutMs: number | undefined
  readonly compensation: { readonly timeoutMs: number; readonly retry: DataRetryModel }
  /** The longest that it may take, all tries and waits included; 0 where nothing but the deadline limits it. */
  readonly longestMs: number
  /** The longest that undoing it may take; 0 where there is nothing to undo. */
  readonly longestUndoMs: number
  readonly origins: ReadonlyMap<string, Origin>
}

export interface SagaModel {
  readonly name: string
  readonly path: DocumentPath
  /** The service that runs it. */
  readonly service: string | undefined
  readonly version: number
  readonly deadlineMs: number | undefined
  /** What runs it. */
  readonly engine: (typeof sagaEngineNames)[number]
  /** Steps of one stage start together, the next stage when all of them have ended. */
  readonly stages: readonly (readonly SagaStepModel[])[]
  /** The longest that it may take forwards, a limit of the whole apart. */
  readonly longestMs: number
  /** The longest that it may take to undo all of it, one step after the other. */
  readonly longestUndoMs: number
  readonly origins: ReadonlyMap<string, Origin>
}
