import type { Duration } from '@watertight/manifest/units'
import type { Backoff } from '@watertight/policy/decisions'
import type { TurnBack } from '../decisions/saga-state.js'
import type { StandardSchema } from './standard-schema.js'

/** What the code of a step is handed. */
export interface StepContext<Input = unknown, Results = unknown> {
  readonly sagaId: string
  readonly input: Input
  /** The results of the steps before this one, by name; those of optional steps may be undefined. */
  readonly results: Results
  /**
   * The idempotency key to hand downstream: the same each time that this step of this saga is asked, in any process.
   */
  readonly key: string
  /** Which time this is; 1 for the first. */
  readonly attempt: number
  /** Aborts when the try is out of time, or its saga turned back. */
  readonly signal: AbortSignal
}

/** What a compensation is handed. */
export interface CompensationContext<
  Input = unknown,
  Results = unknown,
  Result = unknown,
> extends StepContext<Input, Results> {
  /** The result of the step to undo; undefined when nobody knows whether it happened. */
  readonly result: Result | undefined
  /** The idempotency key of the step to undo; `key` is that of the compensation. */
  readonly stepKey: string
  /** Why the saga turned back. */
  readonly turnedBack?: TurnBack
}

export interface StepRetryOptions {
  /** Tries in all. Default 5; for a compensation 20. */
  readonly attempts?: number
  /** Default: exponential from 200 ms to 10 s; for a compensation, from 500 ms to 60 s. */
  readonly backoff?: Backoff
}

export interface CompensationOptions {
  readonly retry?: StepRetryOptions
  /** For one try. Default `30s`. */
  readonly timeout?: Duration
}

export interface StepOptions<Input, Results, Result> {
  /**
   * Asks for the effect. What it throws means that nobody knows what happened, but for a {@link StepRefusal} with one of
   * the step's `refusals`.
   */
  readonly run: (context: StepContext<Input, Results>) => Result | Promise<Result>
  /**
   * Undoes the effect, whether or not it happened. It is asked again until it does not throw, so it must bear that there
   * is nothing to undo, and downstream a step that comes after its compensation must do nothing.
   */
  readonly compensate?: (context: CompensationContext<Input, Results, Result>) => unknown
  /** `none` says that the step only reads, so that there is nothing to undo. */
  readonly effect?: 'none'
  /** What the result must be; any other counts as unknown, never as done. Default: anything that JSON can hold. */
  readonly result?: StandardSchema<Result>
  /** The codes of the refusals that the operation promises: by each of them it says that it had no effect. */
  readonly refusals?: readonly string[]
  readonly retry?: StepRetryOptions
  /** For one try. Default `30s`. */
  readonly timeout?: Duration
  readonly compensation?: CompensationOptions
  /** Whether the saga goes on without it when it refuses or nobody knows. Default false. */
  readonly optional?: boolean
  /**
   * The name of what it waits for. Steps of all sagas with the same one share its bound of concurrency, and those that wait
   * for it starve no others. Default: the names of saga and step.
   */
  readonly dependency?: string
}
