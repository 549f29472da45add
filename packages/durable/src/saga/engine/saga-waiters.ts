import type { SagaState } from '../decisions/saga-state.js'
import { resultsOf } from './run-step.js'
import type { SagaOutcome } from './saga-engine.js'

/** Who waits in this process for the end of a saga. */
export class SagaWaiters {
  readonly #waiting = new Map<string, Set<(outcome: SagaOutcome) => void>>()

  /** Returns how to stop waiting. */
  add(id: string, resolve: (outcome: SagaOutcome) => void): () => void {
    const waiting = this.#waiting.get(id) ?? new Set()
    this.#waiting.set(id, waiting.add(resolve))
    return () => {
      waiting.delete(resolve)
      if (waiting.size === 0 && this.#waiting.get(id) === waiting) this.#waiting.delete(id)
    }
  }

  tell(id: string, state: SagaState): void {
    const outcome = outcomeOf(state)
    if (outcome === undefined) return
    for (const resolve of this.#waiting.get(id) ?? []) resolve(outcome)
    this.#waiting.delete(id)
  }
}

/** How a saga ended, or that it is parked; undefined while it goes on. */
export function outcomeOf(state: SagaState): SagaOutcome | undefined {
  const { status, turnedBack = { why: 'cancelled' } } = state
  if (status === 'done') return { status, results: resultsOf(state) }
  return status === 'running' || status === 'compensating' ? undefined : { status, turnedBack }
}
