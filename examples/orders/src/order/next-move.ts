import type { FinalState, Reason, State, WorkingState } from './order.js'

/**
 * How a step ended.
 *
 * - `done`: it has its effect
 * - `refused`: answered with a no, so it has none
 * - `not-sent`: it never left this process, so it has none
 * - `unknown`: no answer; it may have its effect, now or later
 */
export type StepResult = 'done' | 'refused' | 'not-sent' | 'unknown'

/** Where an order goes next; `reason` says why it turned back. */
export interface Move {
  readonly state: State
  readonly reason?: Reason
}

interface ForwardStep {
  readonly done: WorkingState | FinalState
  /** Where undoing begins when the step has no effect, and when nobody knows. */
  readonly withoutEffect: WorkingState | FinalState
  readonly unknown: WorkingState
  readonly refusedBecause: Reason
}

const forward: Partial<Record<WorkingState, ForwardStep>> = {
  reserving: {
    done: 'charging',
    withoutEffect: 'cancelled',
    unknown: 'releasing',
    refusedBecause: 'out-of-stock',
  },
  charging: {
    done: 'shipping',
    withoutEffect: 'releasing',
    unknown: 'refunding',
    refusedBecause: 'card-declined',
  },
  shipping: {
    done: 'rewarding',
    withoutEffect: 'refunding',
    unknown: 'cancelling',
    refusedBecause: 'unavailable',
  },
}

const back: Partial<Record<WorkingState, WorkingState | FinalState>> = {
  cancelling: 'refunding',
  refunding: 'releasing',
  releasing: 'cancelled',
}

/**
 * The place-order saga: reserve, charge, ship, reward; what was done is undone in reverse when a step fails.
 * A pure table, so that every path can be tested without a process.
 *
 * A compensation that did not work stays where it is, to be tried again; loyalty is optional, so rewarding
 * always ends well.
 */
export function nextMove(state: WorkingState, result: StepResult): Move {
  if (state === 'rewarding') return { state: 'confirmed' }
  const undo = back[state]
  if (undo !== undefined) return { state: result === 'done' ? undo : state }
  const step = forward[state]
  if (step === undefined) throw new Error(`cannot move an order: state must be a working state, got ${state}`)
  if (result === 'done') return { state: step.done }
  if (result === 'refused') return { state: step.withoutEffect, reason: step.refusedBecause }
  return { state: result === 'unknown' ? step.unknown : step.withoutEffect, reason: 'unavailable' }
}
