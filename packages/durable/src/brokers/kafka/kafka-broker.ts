import type { EventRecord } from '../../events/received-event.js'
import {
  checkOptions,
  integer,
  milliseconds,
  oneOf,
  record,
  required,
  text,
} from '@watertight/policy/options'
import type { Broker, TopicLog } from '../broker.js'
import type { EventSink, RefusedEvent } from '../event-sink.js'
import { ensureTopic } from './ensure-topic.js'
import { clientOptions } from './client-options.js'
import { RenewedClient } from './renewed-client.js'
import { KafkaLog } from './kafka-log.js'
import type { KafkaOptions } from './kafka-options.js'
import { KafkaProducer } from './kafka-producer.js'
import { loadKafka, type Kafka } from './load-kafka.js'

/** Kafka: what events are relayed to and read from. */
export class KafkaBroker implements Broker, EventSink {
  readonly kind = 'kafka'
  readonly #kafka: Kafka
  readonly #options: KafkaOptions
  readonly #producer: KafkaProducer
  readonly #logs = new Set<KafkaLog>()

  /** Private, for the types of the client are not those of everybody who uses this package. */
  private constructor(kafka: Kafka, options: KafkaOptions) {
    this.#kafka = kafka
    this.#options = options
    this.#producer = new KafkaProducer(kafka, options)
  }

  /** What `openKafka` opens, whose options have been checked. */
  static async open(options: KafkaOptions): Promise<KafkaBroker> {
    return new KafkaBroker(await loadKafka(), options)
  }

  log(topic: string): TopicLog {
    const { waitMs = 100, deadlineMs = 5_000 } = this.#options
    const { Consumer } = this.#kafka
    const options = { ...clientOptions(this.#options), groupId: 'watertight' }
    const client = new RenewedClient({
      open: () => new Consumer(options),
      deadlineMs: deadlineMs + waitMs,
    })
    const log: KafkaLog = new KafkaLog(topic, client, { waitMs, onClose: () => void this.#logs.delete(log) })
    this.#logs.add(log)
    return log
  }

  async prepare(topic: string): Promise<void> {
    await ensureTopic(this.#kafka, this.#options, topic)
  }

  async send(topic: string, events: readonly EventRecord[]): Promise<RefusedEvent[]> {
    return await this.#producer.send(topic, events)
  }

  async close(): Promise<void> {
    await Promise.all([...this.#logs].map((log) => log.close()))
    await this.#producer.close()
  }
}

/**
 * Opens Kafka 3 or later, with the package `@platformatic/kafka`: version 2.12 or later on Node 22.22 and later, 1.22 on those
 * before. Nothing is connected before it is needed.
 *
 * @throws {OptionError} when an option is out of its range
 * @throws {BrokerError} with code `WT_BROKER_MISSING_PACKAGE` when the package is not installed
 */
export async function openKafka(options: KafkaOptions): Promise<KafkaBroker> {
  checkOptions('Kafka', options, {
    url: required(text),
    clientId: text,
    saslMechanism: oneOf('PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'),
    tls: record,
    waitMs: milliseconds(),
    deadlineMs: milliseconds(1),
    replicas: integer(1, 100),
  })
  clientOptions(options)
  return await KafkaBroker.open(options)
}
