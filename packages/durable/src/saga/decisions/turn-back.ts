import { stepPlan, type StepPlan } from '../definition/saga-plan.js'
import type { Progress } from './progress.js'
import type { StepOutcome } from './saga-event.js'
import type { StepState, TurnBack } from './saga-state.js'

/**
 * The saga goes no further. What waits for another try is not asked again; what is under way is waited for, since undoing
 * a thing while it is being done undoes nothing.
 */
export function turnBack(progress: Progress, reason: TurnBack): void {
  progress.status = 'compensating'
  progress.turnedBack = reason
  const { why, step, code } = reason
  progress.tell('turned back', step, code === undefined ? why : `${why}: ${code}`)
  for (const [name, { status, attempt, tries }] of progress.steps) {
    if (status !== 'waiting') continue
    const { kind } = stepPlan(progress.plan, name)
    progress.steps.set(name, { status: kind === 'call' ? 'unknown' : 'compensated', attempt, tries })
  }
}

/** A step that was under way when the saga turned back. */
export function settleStep(progress: Progress, name: string, outcome: StepOutcome): void {
  const step = progress.steps.get(name)
  if (step === undefined) return
  const { attempt, tries } = step
  if (outcome.type === 'done') {
    progress.steps.set(name, { status: 'done', attempt, tries, result: outcome.result })
    progress.tell('step done', name)
    return
  }
  const { refusals } = stepPlan(progress.plan, name)
  if (outcome.type === 'refused' && refusals.includes(outcome.code)) {
    progress.steps.set(name, { status: 'refused', attempt, tries, refusal: outcome.code })
    progress.tell('step refused', name, outcome.code)
    return
  }
  progress.steps.set(name, { status: 'unknown', attempt, tries })
  progress.tell('step unknown', name, outcome.type === 'unknown' ? outcome.message : '')
}

/** Starts the next compensation, in the reverse order of the starts of the steps, one at a time. */
export function undoNext(progress: Progress): void {
  if (progress.status !== 'compensating') return
  const started = [...progress.steps].toReversed()
  if (started.some(([, { status }]) => underWay.has(status))) return
  const next = started.find(([name, step]) => needsUndoing(step, stepPlan(progress.plan, name)))
  if (next === undefined) {
    progress.status = 'compensated'
    progress.tell('compensated')
    return
  }
  const [name, step] = next
  progress.steps.set(name, { ...step, status: 'compensating', attempt: step.attempt + 1, tries: 1 })
  progress.tell('compensation started', name)
}

const underWay: ReadonlySet<string> = new Set(['running', 'compensating', 'compensation-waiting'])

/** What may have happened counts as if it had. */
const needsUndoing = ({ status }: StepState, { compensates }: StepPlan): boolean =>
  compensates && (status === 'done' || status === 'unknown')

export function endCompensation(
  progress: Progress,
  name: string,
  outcome: StepOutcome,
  chance: number,
): void {
  const step = progress.steps.get(name)
  if (step === undefined) return
  const { attempt, tries } = step
  const { compensationRetry } = stepPlan(progress.plan, name)
  if (outcome.type === 'done') {
    progress.steps.set(name, { ...step, status: 'compensated' })
    progress.tell('compensation done', name, outcome.note)
    return
  }
  if (outcome.type === 'pending') {
    progress.steps.set(name, {
      ...step,
      status: 'compensation-waiting',
      dueAt: progress.at + outcome.delayMs,
    })
    return
  }
  // Whatever else it says, it has not undone the step.
  const message = outcome.type === 'refused' ? `it refused: ${outcome.code}` : outcome.message
  if (tries >= compensationRetry.attempts) {
    progress.steps.set(name, { ...step, status: 'compensation-failed' })
    progress.status = 'compensation-failed'
    progress.tell('compensation failed', name, message)
    return
  }
  const delayMs = compensationRetry.backoff.delayMs(tries, step.delayMs ?? 0, () => chance)
  progress.steps.set(name, {
    ...step,
    status: 'compensation-waiting',
    attempt,
    tries: tries + 1,
    dueAt: progress.at + delayMs,
    delayMs,
  })
  progress.tell('compensation not done', name, message)
}

export function wakeCompensation(progress: Progress, name: string): void {
  const step = progress.steps.get(name)
  if (step?.status !== 'compensation-waiting') return
  const { dueAt: _, ...rest } = step
  progress.steps.set(name, { ...rest, status: 'compensating', attempt: step.attempt + 1 })
  if (step.delayMs !== undefined) progress.tell('compensation tried again', name)
}

/** A person has seen to it: the parked compensation is tried again, as often as at first. */
export function resume(progress: Progress): void {
  if (progress.status !== 'compensation-failed') return
  progress.status = 'compensating'
  progress.tell('resumed by hand')
  for (const [name, step] of progress.steps) {
    if (step.status !== 'compensation-failed') continue
    const { delayMs: _, dueAt: __, ...rest } = step
    progress.steps.set(name, { ...rest, status: 'compensating', attempt: step.attempt + 1, tries: 1 })
    progress.tell('compensation started', name)
  }
}
