import { publish, type PublishOptions } from '../outbox/publish.js'
import { StepRefusal } from '../saga/definition/step-refusal.js'
import type { StoreTransaction } from '../store/store.js'
import type { Carried, Choreography } from './choreography.js'
import type { ChoreographedStep } from './choreographed-step.js'
import { beginStep } from './queries/begin-step.js'
import { endStep } from './queries/end-step.js'
import { stepEvent } from './step-event.js'

/** One step of one choreography. */
export interface Work<Input> extends PublishOptions {
  readonly choreography: Choreography<Input>
  readonly step: string
  readonly id: string
}

/** Does a step and tells of it, unless it was begun before or is forbidden; one that says no has written nothing. */
export async function doStep<Input>(
  transaction: StoreTransaction,
  work: Work<Input> & { readonly carried: Carried<Input>; readonly run: ChoreographedStep<Input>['run'] },
): Promise<void> {
  const { choreography, step, id, carried, run, tracing } = work
  const { input, results } = carried
  const place = { choreography: choreography.name, id, step }
  if (!(await beginStep(transaction, place))) return
  await transaction.query('savepoint step')
  try {
    const result = await run({ id, key: `${id}.${step}`, input, results }, transaction)
    await endStep(transaction, place, { state: 'done', result })
    const data = { input, results: { ...results, [step]: result ?? null } }
    await publish(transaction, choreography.events, stepEvent(work, `${step}.done`, data), { tracing })
  } catch (error) {
    if (!(error instanceof StepRefusal)) throw error
    await transaction.query('rollback to savepoint step')
    await endStep(transaction, place, { state: 'refused', result: null })
    const data = { input, results, because: { step, code: error.code } }
    await publish(transaction, choreography.compensations, stepEvent(work, 'turned-back', data), { tracing })
  }
}
