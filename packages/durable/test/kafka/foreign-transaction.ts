import {
  type Admin,
  addPartitionsToTxnV5,
  type Connection,
  endTxnV4,
  findCoordinatorV6,
  initProducerIdV5,
  produceV11,
} from '@platformatic/kafka'
import { vi } from 'vitest'
import { type ForeignMessage, onWire, toBroker } from './kafka-stage.js'

const TIMEOUT_MS = 30_000
const OF_TRANSACTIONS = 1
const ALL_COPIES = -1
const READY = { timeout: 20_000 }

/** A transaction of another program on partition 0 of a topic (KIP-98), told to the one broker there is. */
export class ForeignTransaction {
  readonly #connection: Connection
  readonly #name: string
  readonly #producer: { readonly producerId: bigint; readonly producerEpoch: number }

  private constructor(
    connection: Connection,
    name: string,
    producer: { readonly producerId: bigint; readonly producerEpoch: number },
  ) {
    this.#connection = connection
    this.#name = name
    this.#producer = producer
  }

  static async begin(admin: Admin, name: string, topic: string): Promise<ForeignTransaction> {
    const connection = await toBroker(admin)
    // Kafka makes what it keeps of transactions when it is first asked about one, and knows its leader a little later.
    const { producerId, producerEpoch } = await vi.waitFor(async () => {
      await findCoordinatorV6.api.async(connection, OF_TRANSACTIONS, [name])
      return await initProducerIdV5.api.async(connection, name, TIMEOUT_MS, -1n, -1)
    }, READY)
    const topics = [{ name: topic, partitions: [0] }]
    const added = { transactionalId: name, producerId, producerEpoch, verifyOnly: false, topics }
    await vi.waitFor(() => addPartitionsToTxnV5.api.async(connection, [added]), READY)
    return new ForeignTransaction(connection, name, { producerId, producerEpoch })
  }

  async send(topic: string, message: ForeignMessage): Promise<void> {
    const options = { transactionalId: this.#name, ...this.#producer }
    await produceV11.api.async(this.#connection, ALL_COPIES, TIMEOUT_MS, [onWire(topic, message)], options)
  }

  async end(how: 'commit' | 'abort'): Promise<void> {
    const { producerId, producerEpoch } = this.#producer
    await endTxnV4.api.async(this.#connection, this.#name, producerId, producerEpoch, how === 'commit')
  }
}
