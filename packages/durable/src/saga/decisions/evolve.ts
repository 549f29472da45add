import type { SagaPlan } from '../definition/saga-plan.js'
import { endCompensation, resume, settleStep, turnBack, undoNext, wakeCompensation } from './turn-back.js'
import { endStep, enterStages, takeSignal, wakeStep } from './enter-stages.js'
import { Progress } from './progress.js'
import type { SagaEvent } from './saga-event.js'
import { noSuchSignal, signalStep } from './signal-step.js'
import { firstNameOf, isWaiting, type SagaState, type StepState } from './saga-state.js'

/** The state of a saga that begins: its first steps are started. */
export function begin(plan: SagaPlan, input: unknown, at: number): SagaState {
  const empty: SagaState = {
    status: 'running',
    stage: 0,
    input,
    steps: {},
    signals: {},
    ...(plan.deadlineMs === undefined ? {} : { deadlineAt: at + plan.deadlineMs }),
    timeline: [],
    omitted: 0,
  }
  const progress = new Progress(plan, empty, at)
  progress.tell('started')
  enterStages(progress)
  return progress.toState()
}

/**
 * The state after something has happened. The very same object when it changes nothing: an answer that came twice or too
 * late, a signal that is known, a cancellation of what cannot be undone any more.
 */
export function evolve(plan: SagaPlan, state: SagaState, event: SagaEvent): SagaState {
  const progress = new Progress(plan, state, event.at)
  if (!apply(progress, state, event)) return state
  enterStages(progress)
  undoNext(progress)
  return progress.toState()
}

function apply(progress: Progress, state: SagaState, event: SagaEvent): boolean {
  switch (event.type) {
    case 'step-ended':
      return applyEnd(progress, event)
    case 'woken':
      return wake(
        progress,
        (name, { dueAt }) =>
          firstNameOf(state, name) === event.step || (dueAt !== undefined && dueAt <= event.at),
      )
    case 'signalled':
      return applySignal(progress, state, event)
    case 'cancelled':
      return applyCancellation(progress, state, event)
    case 'retried':
      return applyRetry(progress)
    case 'resumed':
      if (state.status !== 'compensation-failed') return false
      resume(progress)
      return true
  }
}

function applyEnd(progress: Progress, event: SagaEvent & { type: 'step-ended' }): boolean {
  const { step: name, attempt, outcome, chance } = event
  const step = progress.steps.get(name)
  if (step === undefined || step.attempt !== attempt) return false
  if (step.status === 'compensating') endCompensation(progress, name, outcome, chance)
  else if (step.status !== 'running') return false
  else if (progress.status === 'running') endStep(progress, name, outcome, chance)
  else settleStep(progress, name, outcome)
  return true
}

function wake(progress: Progress, isDue: (name: string, step: StepState) => boolean): boolean {
  if (progress.status === 'running' && progress.isLate && !progress.isFinal) {
    turnBack(progress, { why: 'deadline' })
    return true
  }
  let woken = false
  for (const [name, step] of progress.steps) {
    if (!isDue(name, step) || !isWaiting(step)) continue
    woken = true
    if (progress.status === 'running') wakeStep(progress, name)
    else wakeCompensation(progress, name)
  }
  return woken
}

function applySignal(
  progress: Progress,
  state: SagaState,
  event: SagaEvent & { type: 'signalled' },
): boolean {
  if (state.status !== 'running') return false
  const { payload, refused } = event
  const signal = signalStep(progress.plan, state, event.signal)
  if (signal === undefined || refused !== undefined) {
    progress.tell('signal refused', signal, refused ?? noSuchSignal(progress.plan, event.signal))
    return true
  }
  const step = progress.steps.get(signal)
  if (progress.signals.has(signal) || (step !== undefined && step.status !== 'waiting')) return false
  progress.signals.set(signal, payload ?? null)
  progress.tell('signal', signal)
  takeSignal(progress, signal)
  return true
}

function applyCancellation(
  progress: Progress,
  state: SagaState,
  { message, evenWhenDone = false }: SagaEvent & { type: 'cancelled' },
): boolean {
  const canTurn = state.status === 'running' || (evenWhenDone && state.status === 'done')
  if (!canTurn || progress.isFinal) return false
  const why = state.status === 'done' ? 'undone' : 'cancelled'
  turnBack(progress, { why, ...(message === undefined ? {} : { message }) })
  return true
}

/** Timers and signals are not tried, so there is nothing to try at once. */
function applyRetry(progress: Progress): boolean {
  const calls = new Set(
    progress.plan.stages
      .flat()
      .filter(({ kind }) => kind === 'call')
      .map(({ name }) => name),
  )
  const waiting = [...progress.steps].filter(
    ([name, { status }]) => calls.has(name) && (status === 'waiting' || status === 'compensation-waiting'),
  )
  if (waiting.length === 0) return false
  progress.tell('retried by hand')
  for (const [name] of waiting) {
    if (progress.status === 'running') wakeStep(progress, name)
    else wakeCompensation(progress, name)
  }
  return true
}
