import type { Clock, Random } from '@watertight/policy/decisions'
import type { Tracing } from '@watertight/telemetry'
import type { Store } from '../../store/store.js'
import type { SagaDefinition } from '../definition/saga-definition.js'

export interface SagaEngineOptions {
  readonly store: Store
  /** Every definition that this process knows; older versions beside newer ones, for as long as instances of them live. */
  readonly sagas: readonly SagaDefinition[]
  /** Steps that run at once, of each dependency. Default 64. */
  readonly concurrency?: number
  /** The same for single dependencies, by name. */
  readonly dependencies?: Readonly<Record<string, number>>
  /** How long `start` waits for the store to take a saga, which it may do later all the same. Default 30 s. */
  readonly startDeadlineMs?: number
  /** How long a process that has died keeps its sagas, by the clock of the database. Default 10 s. */
  readonly leaseMs?: number
  /** How often the store is looked at for sagas to take up. Default 250 ms. */
  readonly pollMs?: number
  /** How long sagas that have ended are kept; for as long their ids start nothing. Default 7 days. */
  readonly keepEndedMs?: number
  /** How long `close` waits for steps that are under way. Default 10 s. */
  readonly drainMs?: number
  /** Whether this process takes up sagas; false for one that only starts and controls them. Default true. */
  readonly works?: boolean
  /**
   * Makes a span of every step and compensation, in the trace in which its saga was started; calls made in it are its children.
   * Default: none.
   */
  readonly tracing?: Tracing | undefined
  /** Hears what went wrong outside of any step; the engine goes on. Default: nobody. */
  readonly onTrouble?: (error: unknown, sagaId?: string) => void
  readonly clock?: Clock
  readonly random?: Random
}
