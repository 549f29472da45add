import type { BrokerModel } from '@watertight/manifest'
import type { EventRecord } from '../events/received-event.js'
import type { PartitionPosition } from '../outbox/position.js'

/** Where events are read from: the outbox itself, or what they are relayed to. */
export interface Broker {
  readonly kind: BrokerModel['kind']
  /** For one reader: each has its own. */
  log(topic: string): TopicLog
  /** Ends every log that was opened, too. */
  close(): Promise<void>
}

/**
 * The events of a topic, by partition. Who has come how far is not its affair, since a position is worth something only
 * where it is committed together with the effects: in the store of the consumer.
 */
export interface TopicLog {
  readonly kind: Broker['kind']
  /** How many partitions there are; they may become more and never fewer. */
  partitionCount(): Promise<number>
  /** Where a group begins that has no position: before the first event that is kept, or before the next one. */
  start(startAt: 'first' | 'next'): Promise<PartitionPosition[]>
  /**
   * Up to `limit` events after the positions, in the order of each partition.
   *
   * @throws {BrokerError} `WT_BROKER_EVENTS_LOST` when events after a position are not kept any more
   */
  read(positions: readonly PartitionPosition[], limit: number): Promise<EventRecord[]>
  /** How many events lie after the positions, as far as that can be told without reading them. */
  countAfter(positions: readonly PartitionPosition[]): Promise<number>
  /** Calls `onNews` when something was published: a hint, whoever listens must poll too. Resolves to how to stop. */
  listen(onNews: () => void): Promise<() => Promise<void>>
  close(): Promise<void>
}
