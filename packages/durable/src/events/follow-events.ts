import { setTimeout as pause } from 'node:timers/promises'
import { checkOptions, having, milliseconds, required, text } from '@watertight/policy/options'
import type { Broker, TopicLog } from '../brokers/broker.js'
import { outboxBroker } from '../brokers/postgres/outbox-broker.js'
import type { PartitionPosition } from '../outbox/position.js'
import type { Store } from '../store/store.js'
import type { PublishedEvent } from './queries/list-events.js'
import { listTopics } from './queries/list-topics.js'
import type { EventRecord } from './received-event.js'

export interface FollowOptions {
  /** Default: every topic that has events, also those that come to be. */
  readonly topic?: string
  /** Ends it. */
  readonly signal: AbortSignal
  /** How often to look. Default 250 ms. */
  readonly pollMs?: number
}

const READ_MAX = 500

/**
 * Events as they are published from the moment on at which this resolves, those of a key in their order. No group of
 * consumers has a part in it.
 *
 * @throws {OptionError} when an option is unknown, missing or out of its range
 */
export async function followEvents(
  store: Store,
  options: FollowOptions,
): Promise<AsyncGenerator<PublishedEvent>> {
  checkOptions('reader of events', options, {
    topic: text,
    signal: required(having('addEventListener', 'an AbortSignal')),
    pollMs: milliseconds(1),
  })
  const { topic, signal, pollMs = 250 } = options
  const broker = outboxBroker(store)
  const followed = new Map<string, FollowedTopic>()
  for (const name of topic === undefined ? await listTopics(store) : [topic])
    followed.set(name, await FollowedTopic.open(broker, name, 'next'))
  // Of a topic that comes to be later, every event is a new one.
  const addNew = async (): Promise<void> => {
    for (const name of await listTopics(store))
      if (!followed.has(name)) followed.set(name, await FollowedTopic.open(broker, name, 'first'))
  }
  return follow(followed, { signal, pollMs, addNew: topic === undefined ? addNew : () => Promise.resolve() })
}

interface Following {
  readonly signal: AbortSignal
  readonly pollMs: number
  readonly addNew: () => Promise<void>
}

async function* follow(
  followed: ReadonlyMap<string, FollowedTopic>,
  { signal, pollMs, addNew }: Following,
): AsyncGenerator<PublishedEvent> {
  while (!signal.aborted) {
    await addNew()
    let count = 0
    for (const one of followed.values()) {
      for (const event of await one.read()) {
        count += 1
        yield event
      }
    }
    if (count === 0) await pause(pollMs, undefined, { signal }).catch(() => {})
  }
}

/** Where a reader without a group stands in a topic. */
class FollowedTopic {
  readonly #name: string
  readonly #log: TopicLog
  readonly #positions: Map<number, PartitionPosition>

  private constructor(name: string, log: TopicLog, positions: readonly PartitionPosition[]) {
    this.#name = name
    this.#log = log
    this.#positions = new Map(positions.map((position) => [position.partition, position]))
  }

  static async open(broker: Broker, name: string, startAt: 'first' | 'next'): Promise<FollowedTopic> {
    const log = broker.log(name)
    return new FollowedTopic(name, log, await log.start(startAt))
  }

  async read(): Promise<PublishedEvent[]> {
    const events = await this.#log.read([...this.#positions.values()], READ_MAX)
    for (const { partition, transaction, id } of events)
      this.#positions.set(partition, { partition, transaction, id })
    return events.map((event) => published(this.#name, event))
  }
}

function published(topic: string, event: EventRecord): PublishedEvent {
  const { partition, eventId, key, type, version, source, time, data } = event
  return {
    topic,
    partition,
    eventId,
    key,
    type,
    version,
    source,
    time: new Date(time),
    data: JSON.parse(data),
  }
}
