import type { EventRecord } from '../../events/received-event.js'
import { PARTITIONS } from '../../outbox/partition-of.js'
import type { PartitionPosition } from '../../outbox/position.js'
import { adoptOutbox } from '../../outbox/queries/adopt-outbox.js'
import { isRestored } from '../../outbox/queries/transaction-numbers.js'
import type { Store } from '../../store/store.js'
import type { Broker, TopicLog } from '../broker.js'
import { countEvents } from './queries/count-events.js'
import { readEvents } from './queries/read-events.js'
import { readHorizon } from './queries/read-horizon.js'

/** The outbox of a store as the broker that it is. Closing it leaves the store open. */
export const outboxBroker = (store: Store): Broker => ({
  kind: 'postgres',
  log: (topic) => new OutboxLog(store, topic),
  close: () => Promise.resolve(),
})

class OutboxLog implements TopicLog {
  readonly kind = 'postgres'
  readonly #store: Store
  readonly #topic: string

  constructor(store: Store, topic: string) {
    this.#store = store
    this.#topic = topic
  }

  partitionCount(): Promise<number> {
    return Promise.resolve(PARTITIONS)
  }

  async start(startAt: 'first' | 'next'): Promise<PartitionPosition[]> {
    // From the end: below the horizon, since what runs now may still publish.
    const position =
      startAt === 'first'
        ? { transaction: 0, id: 0 }
        : {
            transaction: (await this.#adopted(() => readHorizon(this.#store))) - 1,
            id: Number.MAX_SAFE_INTEGER,
          }
    return Array.from({ length: PARTITIONS }, (_, partition) => ({ partition, ...position }))
  }

  async read(positions: readonly PartitionPosition[], limit: number): Promise<EventRecord[]> {
    return await this.#adopted(() => readEvents(this.#store, this.#topic, positions, limit))
  }

  async countAfter(positions: readonly PartitionPosition[]): Promise<number> {
    return await countEvents(this.#store, this.#topic, positions)
  }

  async listen(onNews: () => void): Promise<() => Promise<void>> {
    return await this.#store.listen('watertight', (topic) => {
      if (topic === this.#topic) onNews()
    })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** Whoever reads a log that was restored from a dump is the first to go on with it. */
  async #adopted<Result>(read: () => Promise<Result>): Promise<Result> {
    try {
      return await read()
    } catch (error) {
      if (!isRestored(error)) throw error
      await adoptOutbox(this.#store)
      return await read()
    }
  }
}
