import type { SagaPlan } from './saga-plan.js'
import type { StandardSchema } from './standard-schema.js'
import type { CompensationContext, StepContext } from './step-options.js'

/** The code behind a step, without the types of its saga. */
export interface StepCode {
  readonly run: (context: StepContext) => unknown
  readonly compensate?: (context: CompensationContext) => unknown
  readonly result?: StandardSchema<unknown>
  /** The saga that this step is, when it is one. */
  readonly child?: SagaDefinition
}

/**
 * A saga as it was defined: what decisions are made from, and the code of its steps. Any engine can run it.
 *
 * The type parameters say what its input is, and what its steps result in.
 */
export interface SagaDefinition<Input = unknown, Results = unknown> {
  readonly name: string
  readonly version: number
  readonly plan: SagaPlan
  readonly input: StandardSchema<unknown> | undefined
  readonly code: ReadonlyMap<string, StepCode>
  /** For each older version whose instances are moved to this one: the new names of steps, by the old ones. */
  readonly migrations: Readonly<Record<number, VersionMove>>
  /** Never there: it carries the types. */
  readonly types?: { readonly input: Input; readonly results: Results }
}

/** How an instance of an older version goes on in this one. A step that is not named keeps its name. */
export interface VersionMove {
  /** The new names of steps by their old ones. */
  readonly renamed?: Readonly<Record<string, string>>
}
