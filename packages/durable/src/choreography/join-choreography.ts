import { callback, checkOptions, oneOf, required, type Rule } from '@watertight/policy/options'
import { consume, type ConsumeOptions, type Consumer } from '../events/consume.js'
import type { EventTypes } from '../outbox/event-type.js'
import type { Store, StoreTransaction } from '../store/store.js'
import { checkText } from '../saga/engine/saga-starter.js'
import { publish, type PublishOptions } from '../outbox/publish.js'
import type { PublishedPosition } from '../outbox/published-position.js'
import type { ChoreographedStep } from './choreographed-step.js'
import type { Choreography, ChoreographyEvents, PlannedStep } from './choreography.js'
import { doStep } from './do-step.js'
import { processing } from '../tracing/processing.js'
import { undoStep } from './undo-step.js'

export interface JoinOptions<Input>
  extends
    ChoreographedStep<Input>,
    Pick<
      ConsumeOptions<EventTypes>,
      | 'attemptsMax'
      | 'backoff'
      | 'batchMax'
      | 'broker'
      | 'handlerDeadlineMs'
      | 'leaseMs'
      | 'lingerMs'
      | 'onError'
      | 'pollMs'
      | 'tracing'
    > {}

/** A service at work on its step. */
export interface Participant {
  /** Ends what it is at, up to `deadlineMs` (default 30 s), and lets others take over at once. */
  close(options?: { readonly deadlineMs?: number }): Promise<void>
}

/** Begins one, in your transaction: it is there if that commits. The same id again begins nothing. */
export async function beginChoreography<Input>(
  transaction: StoreTransaction,
  choreography: Choreography<Input>,
  { id, input }: { readonly id: string; readonly input: Input },
  options: PublishOptions = {},
): Promise<PublishedPosition[]> {
  checkText('id', id, 128)
  const event = { type: 'started', key: id, id: `${id}.started`, data: { input, results: {} } }
  return await publish(transaction, choreography.events, event, options)
}

/**
 * Does one step of a choreography whenever it is due, and undoes it when another has said no, until it is closed. Any number of
 * processes of the service may do it.
 *
 * Whether an order to undo comes before the step, at the same time or long after: the step is done and undone, or never done.
 *
 * @throws {OptionError} when the choreography has no such step, or `compensate` and the definition do not fit
 */
export async function joinChoreography<Input>(
  store: Store,
  choreography: Choreography<Input>,
  options: JoinOptions<Input>,
): Promise<Participant> {
  const consumers: Consumer[] = []
  for (const consumption of participation(choreography, options))
    consumers.push(await consume(store, consumption))
  return {
    close: async (closeOptions) => {
      await Promise.all(consumers.map((consumer) => consumer.close(closeOptions)))
    },
  }
}

/** What a service consumes to have its part. */
export function participation<Input>(
  choreography: Choreography<Input>,
  options: JoinOptions<Input>,
): ConsumeOptions<ChoreographyEvents<Input>>[] {
  const { step, run, compensate, tracing, ...consuming } = options
  const planned = checked(choreography, { step, run, compensate })
  const group = `${choreography.name}.${step}`
  const trigger = planned.after === undefined ? 'started' : `${planned.after}.done`
  const forth: ConsumeOptions<ChoreographyEvents<Input>> = {
    ...consuming,
    group,
    topic: choreography.events,
    handle: async (event, transaction) => {
      const { type, key: id, data: carried } = event
      if (type !== trigger || id === null) return
      const work = { choreography, step, id, carried, run, tracing }
      await processing(tracing, event, () => doStep(transaction, work))
    },
  }
  if (compensate === undefined) return [forth]
  const back: ConsumeOptions<ChoreographyEvents<Input>> = {
    ...consuming,
    group: `${group}.undo`,
    topic: choreography.compensations,
    handle: async (event, transaction) => {
      const { type, key: id, data: carried } = event
      if (type !== 'turned-back' || id === null) return
      const work = { choreography, step, id, carried, compensate, tracing }
      await processing(tracing, event, () => undoStep(transaction, work))
    },
  }
  return [forth, back]
}

/** What is said of consumers, `consume` checks. */
function checked<Input>(
  { name, steps }: Choreography<Input>,
  own: Pick<JoinOptions<Input>, 'step' | 'run'> & { readonly compensate: unknown },
): PlannedStep {
  const planned = steps.get(own.step)
  const undoing: Rule =
    planned?.compensates === true
      ? required({ ...callback, allowed: `a function, since step ${own.step} of ${name} can be undone` })
      : { allowed: `absent, since step ${own.step} of ${name} cannot be undone`, accepts: () => false }
  checkOptions('participant', own, {
    step: required(oneOf(...steps.keys())),
    run: required(callback),
    compensate: undoing,
  })
  return planned as PlannedStep
}
