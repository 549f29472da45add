import type { Admin as KafkaAdmin } from '@platformatic/kafka'
import { PARTITIONS } from '../../outbox/partition-of.js'
import { BrokerError } from '../errors.js'
import { isKafkaError } from './is-kafka-error.js'
import { clientOptions } from './client-options.js'
import type { KafkaOptions } from './kafka-options.js'
import type { Kafka } from './load-kafka.js'
import { RenewedClient } from './renewed-client.js'
import { whileElecting } from './while-electing.js'

/**
 * Makes a topic that is not there. One that is there must have as many partitions as the outbox: then each of them is
 * relayed into one, and no event of a key ever changes its partition.
 */
export async function ensureTopic({ Admin }: Kafka, options: KafkaOptions, topic: string): Promise<void> {
  const { deadlineMs = 5_000, replicas = -1 } = options
  const client = new RenewedClient({ open: () => new Admin(clientOptions(options)), deadlineMs })
  const made = async (admin: KafkaAdmin): Promise<number> => {
    const found = await partitionsOf(admin, topic)
    if (found !== undefined) return found
    try {
      await admin.createTopics({ topics: [topic], partitions: PARTITIONS, replicas })
    } catch (error) {
      if (!isKafkaError(error, 'TOPIC_ALREADY_EXISTS')) throw error
    }
    const metadata = await whileElecting(() => admin.metadata({ topics: [topic], forceUpdate: true }))
    return metadata.topics.get(topic)?.partitionsCount ?? 0
  }
  try {
    const count = await client.use(`relay ${topic}`, made)
    if (count === PARTITIONS) return
    throw new BrokerError(
      'WT_BROKER_TOPIC',
      `cannot relay ${topic}: its topic in Kafka must have ${PARTITIONS} partitions, as the outbox has, got ${count}`,
    )
  } finally {
    void client.close()
  }
}

async function partitionsOf(admin: KafkaAdmin, topic: string): Promise<number | undefined> {
  try {
    return (await admin.metadata({ topics: [topic] })).topics.get(topic)?.partitionsCount
  } catch (error) {
    if (isKafkaError(error, 'UNKNOWN_TOPIC_OR_PARTITION')) return undefined
    throw error
  }
}
