import type { Tracing } from '@watertight/telemetry'
import { begin } from '../decisions/evolve.js'
import type { SagaState } from '../decisions/saga-state.js'
import type { SagaPlan } from '../definition/saga-plan.js'

export interface Beginning {
  readonly input: unknown
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly tracing: Tracing | undefined
}

/** The state of a saga that begins, in the trace that is active. */
export function beginTraced(plan: SagaPlan, { input, at, tracing }: Beginning): SagaState {
  const begun = begin(plan, input, at)
  const traceParent = tracing?.activeContext()?.traceParent
  return traceParent === undefined ? begun : { ...begun, traceParent }
}

/** The same beginning at another time: by the clock that counts, where it was begun by another. */
export function beginAnew(plan: SagaPlan, { input, traceParent }: SagaState, at: number): SagaState {
  const begun = begin(plan, input, at)
  return traceParent === undefined ? begun : { ...begun, traceParent }
}
