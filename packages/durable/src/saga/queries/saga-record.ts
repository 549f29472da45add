import type { SagaState, SagaStatus } from '../decisions/saga-state.js'

/** A saga as it begins. */
export interface NewSaga {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly key: string | null
  readonly parent: string | null
  readonly status: SagaStatus
  readonly state: SagaState
  /** The worker that begins at once; null leaves it to whoever claims it. */
  readonly owner: string | null
  readonly waitsFor: string
}

/** What of a saga is written at once, when it has changed. */
export interface SagaRecord {
  readonly id: string
  readonly version: number
  readonly epoch: number
  /** The one that is replaced. */
  readonly revision: number
  readonly status: SagaStatus
  readonly state: SagaState
  /** Whether its worker goes on with it. */
  readonly kept: boolean
  readonly ended: boolean
  /** Of one that is let go: when somebody has to look at it; null when only a request can move it. */
  readonly dueAt: number | null
  /** Of one that is let go: what it waits for until then. */
  readonly waitsFor: string | null
  /** How many of its requests the state has taken in. */
  readonly consumed: number
}

/** A saga as whoever claims it gets it. */
export interface ClaimedRow {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly parent: string | null
  readonly epoch: number
  readonly revision: number
  readonly state: string
  readonly requests: string
}

/** A request as it is stored: an event without its time, which it gets when it is taken in. */
export type SagaRequest =
  | { readonly type: 'signalled'; readonly signal: string; readonly payload: unknown }
  | { readonly type: 'cancelled'; readonly message?: string; readonly evenWhenDone?: boolean }
  | { readonly type: 'retried' }
  | { readonly type: 'resumed' }
  | { readonly type: 'woken'; readonly step: string }
