import type { Backoff } from '@watertight/policy/decisions'

export interface RetryPlan {
  /** Tries in all, the first included. */
  readonly attempts: number
  readonly backoff: Backoff
}

/** What decisions need to know of a step: no code of its user. */
export interface StepPlan {
  readonly name: string
  readonly kind: 'call' | 'timer' | 'signal'
  /** Whether the saga goes on without it when it refuses or stays unknown. */
  readonly optional: boolean
  readonly compensates: boolean
  /** Whether there would be something to undo. */
  readonly hasEffect: boolean
  /** The codes by which it may refuse. */
  readonly refusals: readonly string[]
  readonly retry: RetryPlan
  readonly compensationRetry: RetryPlan
  /** For one try. */
  readonly timeoutMs: number
  readonly compensationTimeoutMs: number
  /** How long a timer lasts, or a signal is waited for; a signal without waits for ever. */
  readonly waitMs?: number
  /** What it waits for: steps with the same one share its bound of concurrency. */
  readonly dependency: string
}

export interface SagaPlan {
  readonly name: string
  readonly version: number
  /** The steps of a stage are started together, the next stage when all of them have ended. */
  readonly stages: readonly (readonly StepPlan[])[]
  readonly deadlineMs?: number
}

/**
 * Whether the saga cannot turn back any more once the step is started, for what it does cannot be undone. Unless it is
 * optional it is asked until it answers.
 */
export const isFinal = ({ compensates, hasEffect }: StepPlan): boolean => hasEffect && !compensates

/** Whether the saga may turn back because of the step. */
export const canFail = (step: StepPlan): boolean => {
  if (step.optional || step.kind === 'timer') return false
  if (step.kind === 'signal') return step.waitMs !== undefined
  return step.refusals.length > 0 || !isFinal(step)
}

export function stepPlan({ name, stages }: SagaPlan, step: string): StepPlan {
  for (const stage of stages) for (const one of stage) if (one.name === step) return one
  throw new Error(`cannot go on with saga ${name}: its definition has no step ${step}`)
}
