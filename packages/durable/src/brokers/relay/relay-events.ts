import { exponential } from '@watertight/policy'
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
import { closeAll } from '../../closing/close-all.js'
import { ConsumerLoop } from '../../events/consumer-loop.js'
import type { Subscription } from '../../events/subscription.js'
import { timeOrderedId } from '../../outbox/time-ordered-id.js'
import { nameAllowed, type Topic } from '../../outbox/topic.js'
import type { Store } from '../../store/store.js'
import type { EventSink } from '../event-sink.js'
import { outboxBroker } from '../postgres/outbox-broker.js'
import { RelayRounds } from './relay-rounds.js'

export interface RelayOptions {
  /** Topics to relay, or their names. */
  readonly topics: readonly (Topic | string)[]
  /** Where to: what `openKafka` resolves to. */
  readonly to: EventSink
  /** The group that remembers how far it has come; another one for another Kafka. Default `kafka-relay`. */
  readonly group?: string
  /** Where a relay that is new begins: with the first event that is kept, or the next one. Default `first`. */
  readonly startAt?: 'first' | 'next'
  /** Events sent at once at the most. Default 1,000. */
  readonly batchMax?: number
  /** How often an event that the broker refuses is tried before it is dead. Default 5. */
  readonly attemptsMax?: number
  /** How soon another process takes over from one that is gone without a word. Default 15 s. */
  readonly leaseMs?: number
  /** How often to look when nothing tells that there is something. Default 250 ms. */
  readonly pollMs?: number
  /** Hears of every failure; none ends the relay. Default: nothing. */
  readonly onError?: (error: unknown) => void
}

/** A relay at work. */
export interface Relay {
  /** Ends what it is at, up to `deadlineMs` (default 30 s), and lets others take over at once. */
  close(options?: { readonly deadlineMs?: number }): Promise<void>
}

/**
 * Brings what is published in a store to Kafka, each event at least once, those of a key in their order. Run it in as many
 * processes as you like: they share the partitions, and others take over from one that dies. A topic that Kafka does not
 * have is made.
 *
 * @throws {OptionError} when an option is missing or out of its range
 */
export async function relayEvents(store: Store, options: RelayOptions): Promise<Relay> {
  checkRelayOptions(options)
  const { topics, pollMs = 250, leaseMs = 15_000, startAt = 'first', onError = () => {} } = options
  const running: ConsumerLoop[] = []
  const close: Relay['close'] = async ({ deadlineMs = 30_000 } = {}) => {
    await closeAll(running.map((loop) => loop.close(deadlineMs)))
  }
  const start = async (topic: string): Promise<void> => {
    const subscribed = relaySubscription(store, topic, options)
    const rounds = new RelayRounds(subscribed, options.to)
    await rounds.join(startAt)
    const loop = new ConsumerLoop(rounds, { pollMs, leaseMs, onError })
    const stopListening = await subscribed.log.listen(() => {
      loop.wake()
    })
    loop.start(stopListening)
    running.push(loop)
  }
  try {
    for (const topic of topics) await start(typeof topic === 'string' ? topic : topic.name)
  } catch (error) {
    await close().catch(onError)
    throw error
  }
  return { close }
}

/** What the rounds of a relay of one topic are made of. */
export function relaySubscription(store: Store, topic: string, options: RelayOptions): Subscription {
  const {
    group = 'kafka-relay',
    attemptsMax = 5,
    leaseMs = 15_000,
    batchMax = 1_000,
    to,
    onError = () => {},
  } = options
  return {
    store,
    log: outboxBroker(store).log(topic),
    group,
    // Whatever its source: an event that was published twice may be relayed twice.
    topic: { name: topic, source: '' },
    member: timeOrderedId(),
    batchMax,
    attemptsMax,
    backoff: exponential({ initialMs: 200, maxMs: 60_000 }),
    leaseMs,
    handlerDeadlineMs: 30_000,
    random: systemRandom,
    now: () => performance.now(),
    areIndependent: false,
    handle: async (event) => {
      const [refused] = await to.send(topic, [event])
      if (refused !== undefined) throw refused.error
    },
    onError,
  }
}

function checkRelayOptions(options: RelayOptions): void {
  checkOptions('relay', options, {
    topics: required({
      allowed: 'a list of topics or of their names',
      accepts: (given) =>
        Array.isArray(given) &&
        given.length > 0 &&
        given.every((one: unknown) => nameAllowed.test(typeof one === 'string' ? one : (one as Topic).name)),
    }),
    to: required(having('send', 'what openKafka resolves to')),
    group: {
      allowed: '1 to 100 of a-z, 0-9, dot, dash and underscore',
      accepts: (given) => typeof given === 'string' && nameAllowed.test(given),
    },
    startAt: oneOf('first', 'next'),
    batchMax: integer(1, 10_000),
    attemptsMax: integer(1, 1_000),
    leaseMs: milliseconds(100),
    pollMs: milliseconds(1),
    onError: callback,
  })
}
