import { PARTITIONS } from '../../outbox/partition-of.js'
import { withinDeadline } from '../../store/within-deadline.js'
import { BrokerError } from '../errors.js'
import { isKafkaError } from './is-kafka-error.js'
import { clientOptions } from './client-options.js'
import type { KafkaOptions } from './kafka-options.js'
import type { Kafka } from './load-kafka.js'
import { whileElecting } from './while-electing.js'

/**
 * Makes a topic that is not there. One that is there must have as many partitions as the outbox: then each of them is
 * relayed into one, and no event of a key ever changes its partition.
 */
export async function ensureTopic({ Admin }: Kafka, options: KafkaOptions, topic: string): Promise<void> {
  const deadlineMs = options.deadlineMs ?? 5_000
  const admin = new Admin(clientOptions(options))
  const made = async (): Promise<number> => {
    const found = await partitionsOf(admin, topic)
    if (found !== undefined) return found
    try {
      await admin.createTopics({ topics: [topic], partitions: PARTITIONS, replicas: options.replicas ?? -1 })
    } catch (error) {
      if (!isKafkaError(error, 'TOPIC_ALREADY_EXISTS')) throw error
    }
    const metadata = await whileElecting(() => admin.metadata({ topics: [topic], forceUpdate: true }))
    return metadata.topics.get(topic)?.partitionsCount ?? 0
  }
  const late = (): Error =>
    new BrokerError(
      'WT_BROKER_DEADLINE',
      `cannot relay ${topic}: Kafka did not answer within ${deadlineMs} ms`,
    )
  try {
    const count = await withinDeadline(made(), deadlineMs, late)
    if (count === PARTITIONS) return
    throw new BrokerError(
      'WT_BROKER_TOPIC',
      `cannot relay ${topic}: its topic in Kafka must have ${PARTITIONS} partitions, as the outbox has, got ${count}`,
    )
  } finally {
    void Promise.resolve(admin.close()).catch(() => {})
  }
}

async function partitionsOf(admin: InstanceType<Kafka['Admin']>, topic: string): Promise<number | undefined> {
  try {
    return (await admin.metadata({ topics: [topic] })).topics.get(topic)?.partitionsCount
  } catch (error) {
    if (isKafkaError(error, 'UNKNOWN_TOPIC_OR_PARTITION')) return undefined
    throw error
  }
}
