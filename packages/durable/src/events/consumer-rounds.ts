import { BatchProcessor } from './batch-processor.js'
import { OwnedPartitions } from './owned-partitions.js'
import { ParkedProcessor } from './parked-processor.js'
import { ReadAhead } from './read-ahead.js'
import type { Subscription } from './subscription.js'

/** Parked events are looked for this often, and not before each of many batches; at once while more of them are due. */
const DUE_EVERY_MS = 100

/** How often a member without partitions looks for some. */
const IDLE_MS = 1_000

/** One round after the other: keep the leases, try again what is due, read a batch and handle it. It has no timers. */
export class ConsumerRounds {
  readonly #subscription: Subscription
  readonly #owned: OwnedPartitions
  readonly #batches: BatchProcessor
  readonly #parked: ParkedProcessor
  readonly #log: ReadAhead
  #rebalancedAt = -Infinity
  #lookedAt = -Infinity
  #failures = 0

  constructor(subscription: Subscription) {
    this.#subscription = subscription
    this.#owned = new OwnedPartitions(subscription)
    this.#batches = new BatchProcessor(subscription, this.#owned)
    this.#parked = new ParkedProcessor(subscription, this.#owned, {
      batchMax: subscription.batchMax,
      isOver: () => subscription.now() - this.#rebalancedAt >= this.#rebalanceMs,
    })
    this.#log = new ReadAhead(subscription.log)
  }

  get partitions(): number[] {
    return this.#owned.partitions
  }

  async join(startAt: 'first' | 'next'): Promise<void> {
    await this.#owned.join(startAt)
  }

  async renew(): Promise<void> {
    await this.#owned.renew()
  }

  async leave(): Promise<void> {
    await this.#log.settle()
    await this.#owned.leave()
  }

  /** Resolves to how many events it has dealt with; rejects when the database failed, and may be called again. */
  async round(): Promise<number> {
    try {
      const count = await this.#attempt()
      this.#failures = 0
      return count
    } catch (error) {
      this.#failures += 1
      if (this.#failures >= this.#subscription.attemptsMax) this.#owned.beCareful()
      throw error
    }
  }

  async #attempt(): Promise<number> {
    const { log, batchMax, now } = this.#subscription
    if (now() - this.#rebalancedAt >= this.#rebalanceMs) {
      await this.#owned.rebalance()
      this.#rebalancedAt = now()
    }
    let count = 0
    if (now() - this.#lookedAt >= DUE_EVERY_MS) {
      const parked = await this.#parked.processDue()
      count += parked.count
      this.#lookedAt = parked.isMore ? -Infinity : now()
    }
    const positions = this.#owned.readingOrder()
    if (positions.length === 0) return count
    const events = await this.#log.read(positions, batchMax)
    // Whoever reads from Kafka has what comes next already.
    if (events.length >= batchMax && log.kind !== 'kafka')
      this.#log.begin(this.#owned.readingOrderAfter(positions, events), batchMax)
    await this.#batches.process(events)
    return count + events.length
  }

  /** Who has nothing looks more often: its topic may have come to be, another may have left. */
  get #rebalanceMs(): number {
    const often = this.#subscription.leaseMs / 3
    return this.#owned.partitions.length === 0 ? Math.min(IDLE_MS, often) : often
  }
}
