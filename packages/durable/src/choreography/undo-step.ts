import { publish } from '../outbox/publish.js'
import type { StoreTransaction } from '../store/store.js'
import type { Carried } from './choreography.js'
import type { Work } from './do-step.js'
import type { ChoreographedStep } from './choreographed-step.js'
import { forbidStep } from './queries/forbid-step.js'
import { stepEvent } from './step-event.js'

/** Undoes a step that was done, forbids one that was not, and tells that it is undone in either case. */
export async function undoStep<Input>(
  transaction: StoreTransaction,
  work: Work<Input> & {
    readonly carried: Carried<Input>
    readonly compensate: NonNullable<ChoreographedStep<Input>['compensate']>
  },
): Promise<void> {
  const { choreography, step, id, carried, compensate, tracing } = work
  const { input, because } = carried
  const done = await forbidStep(transaction, { choreography: choreography.name, id, step })
  if (done !== undefined) {
    const { result } = done
    await compensate({ id, key: `${id}.${step}.undo`, input, result, because }, transaction)
  }
  await publish(transaction, choreography.compensations, stepEvent(work, `${step}.undone`, carried), {
    tracing,
  })
}
