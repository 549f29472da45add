import type { ConsumerModel, SystemModel } from '@watertight/manifest'
import { exponential } from '@watertight/policy'
import { nearestSpelling } from '@watertight/policy/options'
import type { ConsumeOptions } from '../events/consume.js'
import type { ReceivedEvent } from '../events/received-event.js'
import type { EventTypes } from '../outbox/event-type.js'
import type { Topic } from '../outbox/topic.js'
import type { StoreTransaction } from '../store/store.js'
import type { Tracing } from '@watertight/telemetry'
import { processing } from '../tracing/processing.js'
import { declaredEvents, type DeclaredEvent } from './declared-events.js'
import { DocumentError } from './document-error.js'

type Handle = (event: ReceivedEvent<EventTypes>, transaction: StoreTransaction) => Promise<void>

export interface ConsumersOptions {
  readonly service: string
  readonly topics: readonly Topic[]
  readonly handlers?: object
  readonly tracing?: Tracing | undefined
  readonly action: string
}

type Consumption = Pick<
  ConsumeOptions<EventTypes>,
  'topic' | 'handle' | 'attemptsMax' | 'backoff' | 'handlerDeadlineMs' | 'batchMax' | 'leaseMs'
>

/**
 * A consumer for every topic that the service takes events of, as the document has it.
 *
 * @throws {DocumentError} when events and handlers are not the same, or events of one topic are to be taken differently
 */
export function consumersOf(model: SystemModel, options: ConsumersOptions): Consumption[] {
  const { service, topics, action, tracing } = options
  const handlers = new Map(Object.entries(options.handlers ?? {})) as Map<string, Handle>
  const names = [...(model.services.get(service)?.consumes.keys() ?? [])]
  refuseStrangers(names, [...handlers.keys()], options)
  const byTopic = new Map<Topic, DeclaredEvent<Topic>[]>()
  for (const declared of declaredEvents(model, names, { topics, action }))
    byTopic.set(declared.topic, [...(byTopic.get(declared.topic) ?? []), declared])
  return [...byTopic].map(([topic, declared]) => ({
    topic,
    ...rulesOf(declared, options),
    // Events of the topic that it does not take pass by: others do.
    handle: async (event, transaction) => {
      const handle = handlers.get(event.type)
      if (handle !== undefined) await processing(tracing, event, () => handle(event, transaction))
    },
  }))
}

function refuseStrangers(
  consumed: readonly string[],
  handled: readonly string[],
  { service, action }: ConsumersOptions,
): void {
  const unhandled = consumed.find((name) => !handled.includes(name))
  const stranger = handled.find((name) => !consumed.includes(name))
  if (unhandled === undefined && stranger === undefined) return
  const hint = (name: string, among: readonly string[]): string => {
    const near = nearestSpelling(name, among)
    return near === undefined ? '' : `; did you mean ${near}?`
  }
  const message =
    stranger === undefined
      ? `handlers must have ${unhandled}, which services.${service}.consumes of the document names, got ${handled.join(', ') || 'none'}`
      : `handlers must be of events that services.${service}.consumes of the document names, got ${stranger}${hint(stranger, consumed)}`
  throw new DocumentError('WT_DOCUMENT_MISMATCH', `cannot ${action}: ${message}`)
}

type Rules = Omit<Consumption, 'topic' | 'handle'>

/** One consumer takes all events of a topic, so that their order is kept: what holds for one of them holds for all. */
function rulesOf(declared: readonly DeclaredEvent<Topic>[], { service, action }: ConsumersOptions): Rules {
  const [first, ...others] = declared.map(({ event }) => ({
    name: event.name,
    consumer: event.consumers.find((consumer) => consumer.service === service) as ConsumerModel,
  }))
  const { name, consumer } = first as NonNullable<typeof first>
  const other = others.find((one) => settingsOf(one.consumer) !== settingsOf(consumer))
  if (other !== undefined) {
    throw new DocumentError(
      'WT_DOCUMENT_MISMATCH',
      `cannot ${action}: ${name} and ${other.name} are of one topic, so their retry, timeout, batch and lease below services.${service}.consumes must be the same, got others`,
    )
  }
  const { retry, timeoutMs, batch, leaseMs } = consumer
  return {
    attemptsMax: retry.attempts,
    backoff: exponential(retry.backoff),
    handlerDeadlineMs: timeoutMs,
    batchMax: batch,
    leaseMs,
  }
}

const settingsOf = ({ retry, timeoutMs, batch, leaseMs }: ConsumerModel): string =>
  JSON.stringify([retry, timeoutMs, batch, leaseMs])
