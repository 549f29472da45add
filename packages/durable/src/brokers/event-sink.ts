import type { EventRecord } from '../events/received-event.js'

/** An event that cannot be taken as it is, however often it is sent. */
export interface RefusedEvent {
  readonly event: EventRecord
  readonly error: Error
}

/** What a relay brings events to. */
export interface EventSink {
  /** @throws {BrokerError} `WT_BROKER_TOPIC` when there is no such topic and none can be made, or not as it must be */
  prepare(topic: string): Promise<void>
  /**
   * Brings events, those of a partition in their order, and resolves once they are kept for good. Of one that is refused,
   * the later ones of its key are not sent; they are refused with it. What is sent again after a failure may be there twice.
   */
  send(topic: string, events: readonly EventRecord[]): Promise<RefusedEvent[]>
}
