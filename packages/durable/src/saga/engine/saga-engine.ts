import type { SagaState, SagaStatus, TurnBack } from '../decisions/saga-state.js'
import type { TimelineEntry } from '../decisions/timeline.js'
import type { SagaDefinition } from '../definition/saga-definition.js'
import type { Transaction } from '../../store/store.js'

export interface StartOptions<Input> {
  /** Names the saga for good: starting it again under the same id starts nothing. 1 to 128 characters. */
  readonly id: string
  readonly input: Input
  /** What it can be found by later: a customer, an order. Up to 256 characters. */
  readonly key?: string
}

/** How a saga ended, or that it is parked. */
export type SagaOutcome<Results = unknown> =
  | { readonly status: 'done'; readonly results: Results }
  | { readonly status: 'compensated' | 'compensation-failed'; readonly turnedBack: TurnBack }

export interface SagaHandle<Results = unknown> {
  readonly id: string
  /** False when there was a saga with this id already. */
  readonly isNew: boolean
  /**
   * Resolves when the saga has ended or is parked. A saga may wait for long: `signal` ends the wait, which rejects with its reason. It
   * rejects with `WT_SAGA_ENDED_OUTSIDE` when the saga was ended from outside, as in Temporal's page.
   */
  readonly outcome: (options?: { readonly signal?: AbortSignal }) => Promise<SagaOutcome<Results>>
}

/**
 * Where a saga is, as it is found. `ended-outside`: on Temporal, where somebody has terminated its workflow or it has failed; its state is
 * what it had come to, nobody goes on with it, and `resume` does.
 */
export type FoundStatus = SagaStatus | 'ended-outside'

/** One saga as it is found. */
export interface SagaView {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly key: string | undefined
  /** The saga whose child it is. */
  readonly parent: string | undefined
  readonly status: FoundStatus
  readonly state: SagaState
  readonly timeline: readonly TimelineEntry[]
  readonly createdAt: Date
  readonly updatedAt: Date
  /** When it goes on by itself; undefined while a worker has it, or when it waits for a request alone. */
  readonly dueAt: Date | undefined
}

export interface SagaListOptions {
  readonly status?: FoundStatus
  readonly name?: string
  readonly key?: string
  /** The id of the last one of the page before. */
  readonly after?: string
  /** Default 100, at most 1,000. */
  readonly limit?: number
}

/**
 * Runs sagas. The same definitions run on every engine.
 *
 * Whatever is asked of a saga is durable when the promise resolves, and is taken in by whichever worker has it.
 */
export interface SagaEngine {
  /**
   * @throws {SagaError} `WT_SAGA_INPUT` when the input is not what the saga takes, `WT_SAGA_CONFLICT` when the id is that of
   *   another saga or of another input, `WT_SAGA_DEADLINE` when the store has not taken it in time: it may have yet, so start
   *   it again under the same id
   * @throws {OptionError} when an option is unknown
   */
  start<Input, Results>(
    definition: SagaDefinition<Input, Results>,
    options: StartOptions<Input>,
  ): Promise<SagaHandle<Results>>
  /** The same within your own transaction: the saga begins if and when that commits. */
  startIn<Input, Results>(
    transaction: Transaction,
    definition: SagaDefinition<Input, Results>,
    options: StartOptions<Input>,
  ): Promise<SagaHandle<Results>>
  /**
   * Hands a saga the signal that one of its steps waits for or will wait for. The first of a name counts. Of a payload, 1,048,576
   * bytes of JSON are taken, and 500,000 at most on Temporal.
   */
  signal(id: string, name: string, payload?: unknown): Promise<void>
  /** Turns a saga back, unless something that it started cannot be undone; its timeline tells. */
  cancel(id: string, reason?: string): Promise<void>
  /** Asks at once what waits for its next try. */
  retryNow(id: string): Promise<void>
  /** Takes up a saga whose compensation had failed, or that was ended from outside. */
  resume(id: string): Promise<void>
  find(id: string): Promise<SagaView | undefined>
  list(query?: SagaListOptions): Promise<SagaView[]>
  /** Lets steps that are under way end, up to a limit; everything else is left to other workers at once. */
  close(): Promise<void>
}

export type SagaErrorCode =
  | 'WT_SAGA_INPUT'
  | 'WT_SAGA_CONFLICT'
  | 'WT_SAGA_UNKNOWN'
  | 'WT_SAGA_ENDED'
  | 'WT_SAGA_ENDED_OUTSIDE'
  | 'WT_SAGA_FULL'
  | 'WT_SAGA_CLOSED'
  | 'WT_SAGA_DEADLINE'

/** An engine was asked for something that it cannot do. */
export class SagaError extends Error {
  override readonly name = 'SagaError'
  readonly code: SagaErrorCode

  constructor(code: SagaErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
