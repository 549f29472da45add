import { exponential, type Backoff } from '@watertight/policy'
import { systemRandom } from '@watertight/policy/decisions'
import {
  callback,
  checkOptions,
  having,
  integer,
  milliseconds,
  oneOf,
  required,
} from '@watertight/policy/options'
import type { Tracing } from '@watertight/telemetry'
import type { Broker, TopicLog } from '../brokers/broker.js'
import { outboxBroker } from '../brokers/postgres/outbox-broker.js'
import { closeInTurn } from '../closing/close-all.js'
import type { EventTypes } from '../outbox/event-type.js'
import { nameAllowed, type Topic } from '../outbox/topic.js'
import { timeOrderedId } from '../outbox/time-ordered-id.js'
import type { Store, StoreTransaction } from '../store/store.js'
import { ConsumerLoop } from './consumer-loop.js'
import { ConsumerRounds } from './consumer-rounds.js'
import { tracingRule } from '../tracing/in-span.js'
import { processing } from '../tracing/processing.js'
import { receiveEvent, type EventRecord, type ReceivedEvent } from './received-event.js'
import type { Subscription } from './subscription.js'

export interface ConsumeOptions<Types extends EventTypes> {
  /** Members of one group share the work; each group gets every event. */
  readonly group: string
  readonly topic: Topic<Types>
  /**
   * Handles one event. What it writes by `transaction` happens once, whatever crashes; what it does elsewhere may happen
   * again. It is called for one event of a key at a time, in their order.
   */
  readonly handle: (event: ReceivedEvent<Types>, transaction: StoreTransaction) => Promise<void>
  /** Where the events come from. Default: the outbox of the store. */
  readonly broker?: Broker
  /** Where a group that is new begins: with the first event that is kept, or the next one. Default `first`. */
  readonly startAt?: 'first' | 'next'
  /** Events handled in one transaction at the most; as many more are read meanwhile. Default 500. */
  readonly batchMax?: number
  /** How often an event is tried before it is dead. Default 5. */
  readonly attemptsMax?: number
  /** How long until an event that failed is tried again. Default exponential from 200 ms to 1 min, with full jitter. */
  readonly backoff?: Backoff
  /** For the handlers of one batch together. Default 30 s. */
  readonly handlerDeadlineMs?: number
  /** How soon others take over from a member that is gone without a word. Default 15 s. */
  readonly leaseMs?: number
  /** How often to look when nothing tells that there is something. Default 250 ms. */
  readonly pollMs?: number
  /**
   * For so long events gather after a batch that was not full, so that at a steady rate many share a transaction: the
   * database has less to do, and an event waits so long at the most. Default 0.
   */
  readonly lingerMs?: number
  /** Makes a span of every event that is handled, in the trace that it was published in. Default: none. */
  readonly tracing?: Tracing | undefined
  /** Hears of every failure of a handler and of the database; neither ends the consumer. Default: nothing. */
  readonly onError?: (error: unknown) => void
}

/** A member of a group that is at work. */
export interface Consumer {
  /** The partitions that it holds at the moment. */
  readonly partitions: readonly number[]
  /** Ends what it is at, up to `deadlineMs` (default 30 s), and lets others take over at once. */
  close(options?: { readonly deadlineMs?: number }): Promise<void>
}

/**
 * Begins to handle the events of a topic, and goes on until it is closed; it keeps the process alive, as a server does.
 *
 * @throws {OptionError} when an option is missing or out of its range
 */
export async function consume<Types extends EventTypes>(
  store: Store,
  options: ConsumeOptions<Types>,
): Promise<Consumer> {
  const { consumer } = await startConsumer(store, options)
  return consumer
}

/** A consumer, and how to have it deal at once with what has gathered. */
export interface StartedConsumer {
  readonly consumer: Consumer
  readonly hurry: () => void
}

export async function startConsumer<Types extends EventTypes>(
  store: Store,
  options: ConsumeOptions<Types>,
  inside: Pick<Subscription, 'areIndependent' | 'mayBegin'> = { areIndependent: false },
): Promise<StartedConsumer> {
  const { pollMs = 250, leaseMs = 15_000, lingerMs = 0, startAt = 'first', onError = () => {} } = options
  const subscribed = { ...subscription(store, options), ...inside }
  const rounds = new ConsumerRounds(subscribed)
  const loop = new ConsumerLoop(rounds, {
    pollMs,
    leaseMs,
    lingerMs,
    lingerBelow: subscribed.batchMax,
    onError,
  })
  const stopListening = await joined(rounds, subscribed.log, { startAt, onNews: () => loop.wake() })
  loop.start(stopListening)
  const consumer: Consumer = {
    get partitions() {
      return rounds.partitions
    },
    close: async (closeOptions) => {
      await closeInTurn([() => loop.close(closeOptions?.deadlineMs ?? 30_000), () => subscribed.log.close()])
    },
  }
  return {
    consumer,
    hurry: () => {
      loop.hurry()
    },
  }
}

/** Resolves to how to stop listening. Who cannot join leaves nothing open. */
async function joined(
  rounds: ConsumerRounds,
  log: TopicLog,
  { startAt, onNews }: { readonly startAt: 'first' | 'next'; readonly onNews: () => void },
): Promise<() => Promise<void>> {
  try {
    await rounds.join(startAt)
    return await log.listen(onNews)
  } catch (error) {
    await log.close().catch(() => {})
    throw error
  }
}

/** Options with their defaults; what rounds are made of. */
export function subscription<Types extends EventTypes>(
  store: Store,
  options: ConsumeOptions<Types>,
): Subscription {
  checkOptions('consumer', options, {
    group: required({
      allowed: '1 to 100 of a-z, 0-9, dot, dash and underscore',
      accepts: (given) => typeof given === 'string' && nameAllowed.test(given),
    }),
    topic: required({
      allowed: 'a topic made by defineTopic',
      accepts: (given) => typeof given === 'object' && given !== null && 'types' in given && 'name' in given,
    }),
    handle: required(callback),
    broker: having('log', 'a broker'),
    startAt: oneOf('first', 'next'),
    batchMax: integer(1, 10_000),
    attemptsMax: integer(1, 1_000),
    backoff: having('delayMs', 'a backoff'),
    handlerDeadlineMs: milliseconds(1),
    leaseMs: milliseconds(100),
    pollMs: milliseconds(1),
    lingerMs: milliseconds(),
    tracing: tracingRule,
    onError: callback,
  })
  const { topic, handle, tracing } = options
  const received = async (event: EventRecord, transaction: StoreTransaction): Promise<void> =>
    await handle(receiveEvent(topic, event), transaction)
  return {
    store,
    log: (options.broker ?? outboxBroker(store)).log(topic.name),
    group: options.group,
    topic,
    member: timeOrderedId(),
    batchMax: options.batchMax ?? 500,
    attemptsMax: options.attemptsMax ?? 5,
    backoff: options.backoff ?? exponential({ initialMs: 200, maxMs: 60_000 }),
    leaseMs: options.leaseMs ?? 15_000,
    handlerDeadlineMs: options.handlerDeadlineMs ?? 30_000,
    random: systemRandom,
    now: () => performance.now(),
    areIndependent: false,
    handle:
      tracing === undefined
        ? received
        : async (event, transaction) => {
            const of = { ...event, topic: topic.name }
            await processing(tracing, of, () => received(event, transaction))
          },
    onError: options.onError ?? (() => {}),
  }
}
