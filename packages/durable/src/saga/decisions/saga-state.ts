import type { TimelineEntry } from './timeline.js'

/**
 * Where a saga is.
 *
 * - `running`: going forward
 * - `compensating`: it has turned back, and undoes what was started
 * - `done`: every step is done; optional ones may be missing
 * - `compensated`: everything that was started is undone
 * - `compensation-failed`: parked, since a compensation used up its tries; it waits for `resume`
 */
export type SagaStatus = 'running' | 'compensating' | 'done' | 'compensated' | 'compensation-failed'

/**
 * Where a step is.
 *
 * - `running`: its start is recorded; it may be under way, or about to be
 * - `waiting`: for its next try, its timer, or its signal
 * - `done`, `refused`: it answered; a refusal has no effect
 * - `unknown`: nobody knows whether it had its effect, and it is not asked any more
 * - `compensating`, `compensation-waiting`: its compensation is under way, or waits for its next try
 * - `compensated`, `compensation-failed`
 */
export type StepStatus =
  | 'running'
  | 'waiting'
  | 'done'
  | 'refused'
  | 'unknown'
  | 'compensating'
  | 'compensation-waiting'
  | 'compensated'
  | 'compensation-failed'

export interface StepState {
  readonly status: StepStatus
  /** Counts every time that the step or its compensation was asked; what is answered to an older one is dropped. */
  readonly attempt: number
  /** Of these, the tries that count against the limit of the retry in force. */
  readonly tries: number
  /** When it is asked again, or a timer ends: milliseconds since the Unix epoch by the database's clock. */
  readonly dueAt?: number
  /** The delay before that try; some backoffs grow from it. */
  readonly delayMs?: number
  readonly result?: unknown
  /** The code by which it refused. */
  readonly refusal?: string
}

/** Why a saga turned back. */
export interface TurnBack {
  readonly why: 'refused' | 'unknown' | 'cancelled' | 'deadline' | 'undone'
  readonly step?: string
  /** The code of a refusal. */
  readonly code?: string
  readonly message?: string
}

/** All that is known of one saga: what is stored, and all that decisions are made from. Plain JSON. */
export interface SagaState {
  readonly status: SagaStatus
  /** The index of the stage under way; the number of stages when all are done. */
  readonly stage: number
  readonly input: unknown
  /** The steps that were started, in the order of their start: that of their insertion. */
  readonly steps: Readonly<Record<string, StepState>>
  /** Signals that came before anything waited for them. */
  readonly signals: Readonly<Record<string, unknown>>
  /**
   * Of steps that another version of the definition named otherwise: the name that they had first, by their name now. Whoever was
   * asked knows them by that, so keys and the ids of children are made from it for good.
   */
  readonly firstNames?: Readonly<Record<string, string>>
  readonly turnedBack?: TurnBack
  /** When the whole must be done. */
  readonly deadlineAt?: number
  /** The trace in which it was started, as W3C Trace Context has it. */
  readonly traceParent?: string
  readonly timeline: readonly TimelineEntry[]
  /** How many entries were left out of the middle of the timeline, to bound it. */
  readonly omitted: number
}

export const isEnded = ({ status }: SagaState): boolean => status === 'done' || status === 'compensated'

/** The name by which those who were asked know a step. */
export const firstNameOf = ({ firstNames = {} }: SagaState, step: string): string =>
  Object.hasOwn(firstNames, step) ? firstNames[step]! : step

/** For its next try, a timer or a signal. */
export const isWaiting = ({ status }: StepState): boolean =>
  status === 'waiting' || status === 'compensation-waiting'

/** Whether what is under way of a step, or of its compensation, was tried before in vain. */
export const isAskedAgain = ({ steps }: SagaState, step: string): boolean => (steps[step]?.tries ?? 1) > 1

/** When a saga goes on by itself; undefined while a step is under way, and when it waits for a request alone. */
export function whenDue({ status, steps, deadlineAt }: SagaState): number | undefined {
  const all = Object.values(steps)
  if (all.some((step) => step.status === 'running' || step.status === 'compensating')) return undefined
  const due = all.filter(isWaiting).flatMap(({ dueAt }) => dueAt ?? [])
  if (status === 'running' && deadlineAt !== undefined) due.push(deadlineAt)
  return due.length === 0 ? undefined : Math.min(...due)
}
