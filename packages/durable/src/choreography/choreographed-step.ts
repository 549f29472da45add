import type { StoreTransaction } from '../store/store.js'
import type { Refused } from './choreography.js'

/** What a step knows when it is done. */
export interface StepOfChoreography<Input> {
  readonly id: string
  /** Stays the same however often the step is tried: what is called on the way takes it as an idempotency key. */
  readonly key: string
  readonly input: Input
  /** Of the steps before it, by name. */
  readonly results: Readonly<Record<string, unknown>>
}

export interface UndoneStep<Input> extends Omit<StepOfChoreography<Input>, 'results'> {
  /** What the step had resulted in. */
  readonly result: unknown
  readonly because: Refused | undefined
}

/** What a service does for its step. */
export interface ChoreographedStep<Input> {
  /** The step that is this service's. */
  readonly step: string
  /**
   * Does the step. What it writes by `transaction` happens once, and with it the event is published that says so. Whoever throws
   * a {@link StepRefusal} has written nothing, and has the whole turn back; any other error has the step tried again.
   */
  readonly run: (context: StepOfChoreography<Input>, transaction: StoreTransaction) => Promise<unknown>
  /** Undoes it, in the same way; called only where it was done. */
  readonly compensate?: (context: UndoneStep<Input>, transaction: StoreTransaction) => Promise<void>
}
