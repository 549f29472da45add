import type { Clock } from '@watertight/policy/decisions'
import { nearestSpelling } from '@watertight/policy/options'
import type { StepOutcome } from '../decisions/saga-event.js'
import { firstNameOf, type SagaState } from '../decisions/saga-state.js'
import type { StepCode } from '../definition/saga-definition.js'
import type { StepPlan } from '../definition/saga-plan.js'
import { storedValue } from '../definition/standard-schema.js'
import type { CompensationContext } from '../definition/step-options.js'
import { errorText } from '../../failure/error-text.js'
import type { LazyAbort } from './lazy-abort.js'
import { NothingToUndo, StepRefusal } from '../definition/step-refusal.js'

export interface StepCall {
  readonly sagaId: string
  readonly plan: StepPlan
  readonly code: StepCode
  readonly state: SagaState
  readonly attempt: number
  readonly direction: 'run' | 'compensate'
  readonly clock: Clock
  readonly stop: LazyAbort
}

/** The key of a step by its first name, the same each time that it is asked; and that of its compensation. */
export const stepKeyOf = (sagaId: string, step: string): string => `${sagaId}.${step}`
const compensationKeyOf = (sagaId: string, step: string): string => `${sagaId}.${step}.undo`

/** Asks a step or its compensation once. Never rejects: whatever goes wrong is an outcome. */
export async function runStep(call: StepCall): Promise<StepOutcome> {
  const { plan, direction, clock, stop } = call
  const limitMs = direction === 'run' ? plan.timeoutMs : plan.compensationTimeoutMs
  let onLimit: (outcome: StepOutcome) => void = () => {}
  const limit = new Promise<StepOutcome>((resolve) => {
    onLimit = resolve
  })
  const timer = clock.setTimer(limitMs, () => {
    stop.abort(new Error(`cannot wait for step ${plan.name}: it did not answer within ${limitMs} ms`))
    onLimit({ type: 'unknown', message: `no answer within ${limitMs} ms` })
  })
  try {
    // What is out of time is not waited for any longer, whether or not it hears its signal.
    return await Promise.race([answerOf(call), limit])
  } finally {
    timer.cancel()
  }
}

async function answerOf(call: StepCall): Promise<StepOutcome> {
  const { code, direction, plan } = call
  try {
    if (direction === 'compensate') {
      await code.compensate?.(contextOf(call))
      return { type: 'done' }
    }
    const stored = await storedValue(code.result, await code.run(contextOf(call)))
    if ('value' in stored) return { type: 'done', result: stored.value }
    return { type: 'unknown', message: `its result is not what was promised: ${stored.message}` }
  } catch (error) {
    if (direction === 'compensate' && error instanceof NothingToUndo)
      return { type: 'done', note: errorText(error) }
    if (error instanceof StepRefusal) return refusalOf(error, plan)
    return { type: 'unknown', message: errorText(error) }
  }
}

function refusalOf(refusal: StepRefusal, { refusals }: StepPlan): StepOutcome {
  const { code } = refusal
  const message = errorText(refusal)
  const near = refusals.includes(code) ? undefined : nearestSpelling(code, refusals)
  const hint = near === undefined ? '' : `did you mean ${near}?`
  const text = [message, hint].filter((part) => part !== '').join('; ')
  return { type: 'refused', code, ...(text === '' ? {} : { message: text }) }
}

export function contextOf({ sagaId, plan, state, attempt, direction, stop }: StepCall): CompensationContext {
  const { name } = plan
  const firstName = firstNameOf(state, name)
  const stepKey = stepKeyOf(sagaId, firstName)
  return {
    sagaId,
    input: state.input,
    results: resultsOf(state),
    key: direction === 'run' ? stepKey : compensationKeyOf(sagaId, firstName),
    stepKey,
    attempt,
    result: state.steps[name]?.result,
    ...(state.turnedBack === undefined ? {} : { turnedBack: state.turnedBack }),
    get signal() {
      return stop.signal
    },
  }
}

/** The results of the steps that have one, by name. */
export function resultsOf({ steps }: SagaState): Record<string, unknown> {
  const results: Record<string, unknown> = {}
  for (const [name, step] of Object.entries(steps)) if ('result' in step) results[name] = step.result
  return results
}
