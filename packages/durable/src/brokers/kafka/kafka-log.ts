import type { Consumer } from '@platformatic/kafka'
import type { EventRecord } from '../../events/received-event.js'
import type { PartitionPosition } from '../../outbox/position.js'
import type { TopicLog } from '../broker.js'
import { BrokerError } from '../errors.js'
import { fetchPartitions, type FetchedPartition, type Wanted } from './fetch-partitions.js'
import { fromKafkaRecord } from './kafka-message.js'
import { isKafkaError } from './is-kafka-error.js'
import { whileElecting } from './while-electing.js'
import type { RenewedClient } from './renewed-client.js'
import { isKafkaPosition, kafkaPosition } from './kafka-position.js'

interface Buffered {
  /** Ascending, each behind the one before. */
  records: EventRecord[]
  /** The first offset that the records may begin with, and the one to fetch from when they are used up. */
  readonly from: bigint
  readonly next: bigint
}

const EARLIEST = -2n
const LATEST = -1n
/** How often a partition that has lost events is told of. */
const TOLD_AGAIN_MS = 60_000

/** Partitions of a Kafka topic, read from offsets that the reader names; Kafka's own groups have no part in it. */
export class KafkaLog implements TopicLog {
  readonly kind = 'kafka'
  readonly #topic: string
  readonly #client: RenewedClient<Consumer>
  readonly #waitMs: number
  readonly #onClose: () => void
  /** As it was last told. */
  #count = 0
  readonly #buffers = new Map<number, Buffered>()
  /** Partitions that cannot be read on from where their reader stands, and until when nobody is told so again. */
  readonly #lost = new Map<number, { readonly next: bigint; readonly until: number }>()

  constructor(
    topic: string,
    client: RenewedClient<Consumer>,
    options: { readonly waitMs: number; readonly onClose: () => void },
  ) {
    this.#topic = topic
    this.#client = client
    this.#waitMs = options.waitMs
    this.#onClose = options.onClose
  }

  async partitionCount(): Promise<number> {
    try {
      const topics = [this.#topic]
      const metadata = await this.#use((client) => client.metadata({ topics, forceUpdate: true }))
      this.#count = metadata.topics.get(this.#topic)?.partitionsCount ?? 0
      return this.#count
    } catch (error) {
      // Whoever publishes it makes it; until then there is nothing to read.
      if (isKafkaError(error, 'UNKNOWN_TOPIC_OR_PARTITION')) return 0
      throw error
    }
  }

  async start(startAt: 'first' | 'next'): Promise<PartitionPosition[]> {
    if ((await this.partitionCount()) === 0) return []
    const offsets = await this.#offsets(startAt === 'first' ? EARLIEST : LATEST)
    return offsets.map((offset, partition) => ({ partition, ...kafkaPosition(offset - 1n) }))
  }

  async read(positions: readonly PartitionPosition[], limit: number): Promise<EventRecord[]> {
    const wanted = await this.#wanted(positions)
    const buffered = this.#take(wanted, limit)
    if (buffered.length > 0 || wanted.length === 0) return buffered
    const unread = wanted.filter((one) => !this.#isKnownToBeLost(one))
    if (unread.length === 0) return []
    try {
      const fetched = await this.#use((client) => fetchPartitions(client, this.#topic, unread, this.#waitMs))
      for (const partition of fetched) this.#keep(partition)
    } catch (error) {
      if (isKafkaError(error, 'OFFSET_OUT_OF_RANGE')) await this.#refuseLost(unread)
      throw error
    }
    return this.#take(wanted, limit)
  }

  async countAfter(positions: readonly PartitionPosition[]): Promise<number> {
    const [first, end] = [await this.#offsets(EARLIEST), await this.#offsets(LATEST)]
    const behind = positions.map((position) => {
      const next = isKafkaPosition(position) ? BigInt(position.id) + 1n : 0n
      const from = [next, first[position.partition] ?? 0n].reduce((one, other) => (one > other ? one : other))
      return Math.max(0, Number((end[position.partition] ?? from) - from))
    })
    return behind.reduce((sum, count) => sum + count, 0)
  }

  /** Nothing tells: the broker is asked, and waits a little with its answer when there is nothing. */
  listen(): Promise<() => Promise<void>> {
    return Promise.resolve(() => Promise.resolve())
  }

  async close(): Promise<void> {
    this.#onClose()
    await this.#client.close()
  }

  #use<Result>(work: (client: Consumer) => Promise<Result>): Promise<Result> {
    return this.#client.use(`read ${this.#topic}`, work)
  }

  async #offsets(timestamp: bigint): Promise<bigint[]> {
    const options = { topics: [this.#topic], timestamp }
    const listed = await whileElecting(() => this.#use((client) => client.listOffsets(options)))
    return listed.get(this.#topic) ?? []
  }

  /** A position that is none of Kafka is of the outbox that the group has read so far: it begins with the first event. */
  async #wanted(positions: readonly PartitionPosition[]): Promise<Wanted[]> {
    const hasMoved = positions.some((position) => !isKafkaPosition(position))
    const first = hasMoved ? await this.#offsets(EARLIEST) : []
    if (this.#count === 0) await this.partitionCount()
    return positions
      .filter(({ partition }) => partition < this.#count)
      .map((position) => {
        const { partition, id } = position
        const from = isKafkaPosition(position) ? BigInt(id) + 1n : (first[partition] ?? 0n)
        const buffer = this.#buffers.get(partition)
        return {
          partition,
          from,
          next: buffer !== undefined && buffer.from <= from && from <= buffer.next ? buffer.next : from,
        }
      })
  }

  #take(wanted: readonly Wanted[], limit: number): EventRecord[] {
    const taken: EventRecord[] = []
    for (const { partition, from } of wanted) {
      const buffer = this.#buffers.get(partition)
      if (buffer === undefined || from < buffer.from || from > buffer.next) continue
      if (buffer.records[0] !== undefined && buffer.records[0].id < from)
        buffer.records = buffer.records.filter(({ id }) => id >= from)
      taken.push(...buffer.records.slice(0, limit - taken.length))
    }
    return taken
  }

  #keep({ partition, from, next, records }: FetchedPartition): void {
    const events = records.map((record) => fromKafkaRecord(this.#topic, partition, record))
    this.#buffers.set(partition, { records: events, from, next })
  }

  #isKnownToBeLost({ partition, next }: Wanted): boolean {
    const lost = this.#lost.get(partition)
    return lost?.next === next && performance.now() < lost.until
  }

  /** Says which partition has lost what, and leaves it out for a while, so that the others go on. */
  async #refuseLost(wanted: readonly Wanted[]): Promise<void> {
    const [first, end] = [await this.#offsets(EARLIEST), await this.#offsets(LATEST)]
    for (const { partition, next } of wanted) {
      const [from = 0n, to = 0n] = [first[partition], end[partition]]
      if (next >= from && next <= to) continue
      this.#lost.set(partition, { next, until: performance.now() + TOLD_AGAIN_MS })
      throw new BrokerError(
        'WT_BROKER_EVENTS_LOST',
        `cannot read ${this.#topic}: partition ${partition} must hold what comes after offset ${next - 1n}, got offsets ` +
          `${from} to ${to}; Kafka deleted events before they were read, or the topic was made anew`,
      )
    }
  }
}
