import { isFinal, stepPlan, type StepPlan } from '../definition/saga-plan.js'
import { turnBack } from './turn-back.js'
import type { Progress } from './progress.js'
import type { StepOutcome } from './saga-event.js'
import type { StepState } from './saga-state.js'

/** Enters stages for as long as those before have ended; the start of a step is part of the state before it runs. */
export function enterStages(progress: Progress): void {
  while (progress.status === 'running') {
    const stage = progress.plan.stages[progress.stage]
    if (stage === undefined) {
      progress.status = 'done'
      progress.tell('done')
      return
    }
    if (!stage.every(({ name }) => progress.steps.has(name))) {
      if (progress.isLate && !progress.isFinal) return turnBack(progress, { why: 'deadline' })
      for (const step of stage) if (!progress.steps.has(step.name)) startStep(progress, step)
    }
    if (!stage.every(({ name }) => hasEnded(progress.steps.get(name)))) return
    progress.stage += 1
  }
}

const hasEnded = (step: StepState | undefined): boolean =>
  step !== undefined && step.status !== 'running' && step.status !== 'waiting'

function startStep(progress: Progress, { name, kind, waitMs }: StepPlan): void {
  progress.tell('step started', name)
  if (kind === 'call') {
    progress.steps.set(name, { status: 'running', attempt: 1, tries: 1 })
    return
  }
  const dueAt = waitMs === undefined ? {} : { dueAt: progress.at + waitMs }
  progress.steps.set(name, { status: 'waiting', attempt: 1, tries: 1, ...dueAt })
  if (kind === 'signal' && progress.signals.has(name)) takeSignal(progress, name)
}

/** A step that waits for a signal ends with the first that came. */
export function takeSignal(progress: Progress, name: string): void {
  const step = progress.steps.get(name)
  if (step?.status !== 'waiting') return
  progress.steps.set(name, ended(step, 'done', { result: progress.signals.get(name) }))
  progress.signals.delete(name)
  progress.tell('step done', name)
}

/** What waits asks again, ends as a timer does, or has waited for its signal in vain. */
export function wakeStep(progress: Progress, name: string): void {
  const step = progress.steps.get(name)
  if (step?.status !== 'waiting') return
  const { kind } = stepPlan(progress.plan, name)
  if (kind === 'call') {
    const { attempt, tries, delayMs } = step
    const delay = delayMs === undefined ? {} : { delayMs }
    progress.steps.set(name, { status: 'running', attempt: attempt + 1, tries, ...delay })
    if (delayMs !== undefined) progress.tell('step asked again', name)
  } else if (kind === 'timer') {
    progress.steps.set(name, ended(step, 'done'))
    progress.tell('step done', name)
  } else {
    refuse(progress, step, stepPlan(progress.plan, name), 'timed-out')
  }
}

/** A step that was under way has ended, while the saga goes forward. */
export function endStep(progress: Progress, name: string, outcome: StepOutcome, chance: number): void {
  const plan = stepPlan(progress.plan, name)
  const step = progress.steps.get(name)
  if (step === undefined) return
  switch (outcome.type) {
    case 'done':
      progress.steps.set(name, ended(step, 'done', { result: outcome.result }))
      progress.tell('step done', name)
      return
    case 'refused':
      if (plan.refusals.includes(outcome.code))
        return refuse(progress, step, plan, outcome.code, outcome.message)
      return askAgain(progress, step, plan, undeclared(outcome.code), chance)
    case 'unknown':
      return askAgain(progress, step, plan, outcome.message, chance)
    case 'pending': {
      const { attempt, tries } = step
      progress.steps.set(name, { status: 'waiting', attempt, tries, dueAt: progress.at + outcome.delayMs })
      return
    }
  }
}

const undeclared = (code: string): string => `it refused with a code that it does not declare: ${code}`

function refuse(
  progress: Progress,
  step: StepState,
  { name, optional }: StepPlan,
  code: string,
  message = '',
): void {
  progress.steps.set(name, ended(step, 'refused', { refusal: code }))
  progress.tell('step refused', name, message === '' ? code : `${code}: ${message}`)
  if (optional) return
  turnBack(progress, { why: 'refused', step: name, code, ...(message === '' ? {} : { message }) })
}

/** No answer proves nothing, so the step is asked again by its key, until its tries or the time of the saga are used up. */
function askAgain(
  progress: Progress,
  step: StepState,
  plan: StepPlan,
  message: string,
  chance: number,
): void {
  const { name, retry, optional } = plan
  const { attempt, tries } = step
  const cannotGiveUp = isFinal(plan) && !optional
  progress.tell('step unknown', name, message)
  const isSpent = tries >= retry.attempts || (progress.isLate && !progress.isFinal)
  if (!isSpent || cannotGiveUp) {
    const delayMs = retry.backoff.delayMs(tries, step.delayMs ?? 0, () => chance)
    const dueAt = progress.at + delayMs
    progress.steps.set(name, { status: 'waiting', attempt, tries: tries + 1, dueAt, delayMs })
    return
  }
  progress.steps.set(name, ended(step, 'unknown'))
  progress.tell('step given up', name)
  if (!optional) turnBack(progress, { why: progress.isLate ? 'deadline' : 'unknown', step: name, message })
}

const ended = (
  { attempt, tries }: StepState,
  status: StepState['status'],
  more: { result?: unknown; refusal?: string } = {},
): StepState => ({ status, attempt, tries, ...more })
