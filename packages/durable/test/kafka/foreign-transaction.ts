import {
  type Admin,
  addPartitionsToTxnV5,
  type Connection,
  endTxnV4,
  findCoordinatorV6,
  initProducerIdV5,
  produceV11,
} from '@platformatic/kafka'
import type { ForeignMessage } from './kafka-stage.js'

const TIMEOUT_MS = 30_000
const OF_TRANSACTIONS = 1
const ALL_COPIES = -1

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
    const [connection] = [...(await admin.connectToBrokers()).values()]
    if (connection === undefined) throw new Error('no broker')
    // Kafka makes what it keeps of transactions when it is first asked about one, and knows its leader a little later.
    const { producerId, producerEpoch } = await untilReady(async () => {
      await findCoordinatorV6.api.async(connection, OF_TRANSACTIONS, [name])
      return await initProducerIdV5.api.async(connection, name, TIMEOUT_MS, -1n, -1)
    })
    const topics = [{ name: topic, partitions: [0] }]
    const added = { transactionalId: name, producerId, producerEpoch, verifyOnly: false, topics }
    await untilReady(() => addPartitionsToTxnV5.api.async(connection, [added]))
    return new ForeignTransaction(connection, name, { producerId, producerEpoch })
  }

  async send(topic: string, { key, value = '', headers = {} }: ForeignMessage): Promise<void> {
    const message = {
      topic,
      partition: 0,
      ...(key !== undefined && { key: Buffer.from(key) }),
      value: Buffer.from(value),
      headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
    }
    const options = { transactionalId: this.#name, ...this.#producer }
    await produceV11.api.async(this.#connection, ALL_COPIES, TIMEOUT_MS, [message], options)
  }

  async end(how: 'commit' | 'abort'): Promise<void> {
    const { producerId, producerEpoch } = this.#producer
    await endTxnV4.api.async(this.#connection, this.#name, producerId, producerEpoch, how === 'commit')
  }
}

async function untilReady<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (let left = 100; ; left -= 1) {
    try {
      return await ask()
    } catch (error) {
      if (left === 0) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
