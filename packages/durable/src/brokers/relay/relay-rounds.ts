import type { Rounds } from '../../events/consumer-loop.js'
import { afterFailure } from '../../events/decisions/after-failure.js'
import { describeError } from '../../events/errors.js'
import { OwnedPartitions } from '../../events/owned-partitions.js'
import { ParkedProcessor } from '../../events/parked-processor.js'
import { parkEvents } from '../../events/queries/park-events.js'
import { recordBatch } from '../../events/queries/record-batch.js'
import type { EventRecord } from '../../events/received-event.js'
import type { Subscription } from '../../events/subscription.js'
import type { StoreTransaction } from '../../store/store.js'
import type { EventSink, RefusedEvent } from '../event-sink.js'
import { parkedKeys } from './queries/parked-keys.js'

/**
 * Brings the outbox to a sink: a group of consumers, one of which holds a partition at a time. It sends what comes next,
 * and moves its position once that is kept for good; whoever comes after one that died between the two sends it again, in
 * the same order. No transaction is open while it sends, since that would hold back whoever else reads the outbox.
 */
export class RelayRounds implements Rounds {
  readonly #subscription: Subscription
  readonly #sink: EventSink
  readonly #owned: OwnedPartitions
  readonly #parked: ParkedProcessor
  #isPrepared = false
  #rebalancedAt = -Infinity

  constructor(subscription: Subscription, sink: EventSink) {
    this.#subscription = subscription
    this.#sink = sink
    this.#owned = new OwnedPartitions(subscription)
    this.#parked = new ParkedProcessor(subscription, this.#owned, {
      // A transaction that is open while many are sent would hold back whoever else reads the outbox.
      batchMax: 1,
      isOver: () => this.#mustRebalance,
    })
  }

  async join(startAt: 'first' | 'next'): Promise<void> {
    await this.#owned.join(startAt)
  }

  async renew(): Promise<void> {
    await this.#owned.renew()
  }

  async leave(): Promise<void> {
    await this.#owned.leave()
  }

  async round(): Promise<number> {
    const { log, topic, batchMax, now } = this.#subscription
    if (this.#mustRebalance) {
      await this.#owned.rebalance()
      this.#rebalancedAt = now()
    }
    if (!this.#isPrepared) {
      await this.#sink.prepare(topic.name)
      this.#isPrepared = true
    }
    const { count: retried } = await this.#parked.processDue()
    const events = await log.read(this.#owned.readingOrder(), batchMax)
    if (events.length > 0) await this.#relay(events)
    return retried + events.length
  }

  get #mustRebalance(): boolean {
    const { leaseMs, now } = this.#subscription
    return now() - this.#rebalancedAt >= leaseMs / 3
  }

  async #relay(events: readonly EventRecord[]): Promise<void> {
    const { store, group, topic } = this.#subscription
    const parked = await parkedKeys(store, group, topic.name, events)
    const waits = ({ key }: EventRecord): boolean => key !== null && parked.has(key)
    const refused = await this.#sink.send(
      topic.name,
      events.filter((event) => !waits(event)),
    )
    const ends = this.#owned.endsOf(events)
    await store.transaction(async (transaction) => {
      await this.#owned.fence(transaction, ends)
      await recordBatch(transaction, group, topic, { events: [], positions: ends })
      await this.#park(transaction, refused, events.filter(waits))
    })
    this.#owned.moved(ends, events)
    for (const { error } of refused) this.#subscription.onError(error)
  }

  async #park(
    transaction: StoreTransaction,
    refused: readonly RefusedEvent[],
    waiting: readonly EventRecord[],
  ): Promise<void> {
    const { group, topic, random } = this.#subscription
    const next = afterFailure(1, this.#subscription, random)
    const delayMs = next.state === 'retry' ? next.delayMs : 0
    const first = refused.filter(({ event: { key } }, index) => {
      return key === null || refused.findIndex(({ event }) => event.key === key) === index
    })
    for (const { event, error } of first) {
      const parking = {
        events: [event],
        state: next.state,
        attempts: 1,
        delayMs,
        error: describeError(error),
      }
      await parkEvents(transaction, group, topic.name, parking)
    }
    const behind = refused.filter((one) => !first.includes(one)).map(({ event }) => event)
    const events = [...behind, ...waiting]
    if (events.length === 0) return
    const parking = { events, state: 'waiting', attempts: 0, delayMs: 0, error: null } as const
    await parkEvents(transaction, group, topic.name, parking)
  }
}
