import { isFinal, stepPlan, type SagaPlan } from '../definition/saga-plan.js'
import type { SagaState, SagaStatus, StepState, TurnBack } from './saga-state.js'
import { withEntry, type TimelineEntry, type TimelineEvent } from './timeline.js'

/** One state on its way to the next: what decisions write to before it is frozen as a state again. */
export class Progress {
  status: SagaStatus
  stage: number
  turnedBack: TurnBack | undefined
  readonly input: unknown
  readonly deadlineAt: number | undefined
  readonly #traceParent: string | undefined
  readonly #firstNames: SagaState['firstNames']
  readonly plan: SagaPlan
  readonly at: number
  readonly steps: Map<string, StepState>
  readonly signals: Map<string, unknown>
  #timeline: readonly TimelineEntry[]
  #omitted: number

  constructor(plan: SagaPlan, state: SagaState, at: number) {
    this.plan = plan
    this.at = at
    this.status = state.status
    this.stage = state.stage
    this.input = state.input
    this.turnedBack = state.turnedBack
    this.deadlineAt = state.deadlineAt
    this.#traceParent = state.traceParent
    this.#firstNames = state.firstNames
    this.steps = new Map(Object.entries(state.steps))
    this.signals = new Map(Object.entries(state.signals))
    this.#timeline = state.timeline
    this.#omitted = state.omitted
  }

  toState(): SagaState {
    return {
      status: this.status,
      stage: this.stage,
      input: this.input,
      steps: Object.fromEntries(this.steps),
      signals: Object.fromEntries(this.signals),
      ...(this.#firstNames === undefined ? {} : { firstNames: this.#firstNames }),
      ...(this.turnedBack === undefined ? {} : { turnedBack: this.turnedBack }),
      ...(this.deadlineAt === undefined ? {} : { deadlineAt: this.deadlineAt }),
      ...(this.#traceParent === undefined ? {} : { traceParent: this.#traceParent }),
      timeline: this.#timeline,
      omitted: this.#omitted,
    }
  }

  tell(what: TimelineEvent, step?: string, detail?: string): void {
    const entry = {
      at: this.at,
      what,
      ...(step === undefined ? {} : { step }),
      ...(detail === undefined || detail === '' ? {} : { detail }),
    }
    const { timeline, omitted } = withEntry(this.#timeline, entry)
    this.#timeline = timeline
    this.#omitted += omitted
  }

  get isLate(): boolean {
    return this.deadlineAt !== undefined && this.at >= this.deadlineAt
  }

  /** Whether something was started that cannot be undone. */
  get isFinal(): boolean {
    return isFinalSaga(this.plan, this.steps)
  }
}

/** Whether a saga cannot turn back any more: a step is started that cannot be undone, and has not refused. */
export function isFinalSaga(plan: SagaPlan, started: Iterable<readonly [string, StepState]>): boolean {
  for (const [name, { status }] of started)
    if (status !== 'refused' && isFinal(stepPlan(plan, name))) return true
  return false
}
