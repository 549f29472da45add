import type { Producer } from '@platformatic/kafka'
import type { EventRecord } from '../../events/received-event.js'
import type { RefusedEvent } from '../event-sink.js'
import { BrokerError } from '../errors.js'
import { isKafkaError, kafkaErrorText } from './is-kafka-error.js'
import { clientOptions } from './client-options.js'
import { RenewedClient } from './renewed-client.js'
import { toKafkaMessage } from './kafka-message.js'
import type { KafkaOptions } from './kafka-options.js'
import type { Kafka } from './load-kafka.js'

/** What a broker says of the events themselves; whatever else it says may be otherwise the next time. */
const REFUSALS = ['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD']

/** Sequences have 31 bits and are not begun anew by the client. */
const EVENTS_PER_PRODUCER = 1_000_000_000

/**
 * Sends events by an idempotent producer, one request a partition at a time, whoever asks: the client gives those that are
 * under way at once the same sequences, of which the broker keeps one and says that it has kept all. Requests that the client
 * repeats carry the same sequences, so that the broker keeps each once. After a failure nobody knows which of them it has: the
 * producer is given up, since the broker would refuse whatever does not follow on what it has.
 */
export class KafkaProducer {
  readonly #client: RenewedClient<Producer>
  readonly #turns = new Map<string, Promise<void>>()
  #sent = 0

  constructor({ Producer }: Kafka, options: KafkaOptions) {
    const { deadlineMs = 5_000 } = options
    // One that is idempotent sends one request at a time to each broker, and repeats it until it is given up.
    const producerOptions = { ...clientOptions(options), idempotent: true, retryDelay: 100 }
    this.#client = new RenewedClient({ open: () => new Producer(producerOptions), deadlineMs })
  }

  async send(topic: string, events: readonly EventRecord[]): Promise<RefusedEvent[]> {
    const byPartition = new Map<number, EventRecord[]>()
    for (const event of events)
      byPartition.set(event.partition, [...(byPartition.get(event.partition) ?? []), event])
    const ended = await Promise.allSettled(
      [...byPartition].map(([partition, ones]) =>
        this.#inTurn(`${topic}:${partition}`, () => this.#sendPartition(topic, ones)),
      ),
    )
    for (const one of ended) if (one.status === 'rejected') throw one.reason
    this.#sent += events.length
    if (this.#sent > EVENTS_PER_PRODUCER) {
      this.#sent = 0
      this.#client.renew()
    }
    return ended.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  /** Waits for as long as those take that came before, each of which has its deadline. */
  async #inTurn<Result>(partition: string, work: () => Promise<Result>): Promise<Result> {
    const working = (this.#turns.get(partition) ?? Promise.resolve()).then(work)
    const turn = working.then(ignore, ignore)
    this.#turns.set(partition, turn)
    try {
      return await working
    } finally {
      if (this.#turns.get(partition) === turn) this.#turns.delete(partition)
    }
  }

  async #sendPartition(topic: string, events: readonly EventRecord[]): Promise<RefusedEvent[]> {
    const [event] = events
    if (event === undefined) return []
    const error = await this.#produce(topic, events)
    if (error === undefined) return []
    return events.length === 1 ? [{ event, error }] : await this.#sendHalves(topic, events)
  }

  /** A batch was refused: which of it shows when it is halved, as often as it takes. */
  async #sendHalves(topic: string, events: readonly EventRecord[]): Promise<RefusedEvent[]> {
    const middle = Math.ceil(events.length / 2)
    const refused = await this.#sendPartition(topic, events.slice(0, middle))
    const [first] = refused
    if (first === undefined) return await this.#sendPartition(topic, events.slice(middle))
    const keys = new Set(refused.map(({ event }) => event.key))
    const waits = ({ key }: EventRecord): boolean => key !== null && keys.has(key)
    const rest = events.slice(middle)
    const waiting = rest.filter(waits).map((event) => ({ event, error: first.error }))
    return [
      ...refused,
      ...waiting,
      ...(await this.#sendPartition(
        topic,
        rest.filter((event) => !waits(event)),
      )),
    ]
  }

  /** Resolves to why the broker refuses them. */
  async #produce(topic: string, events: readonly EventRecord[]): Promise<Error | undefined> {
    const messages = events.map((event) => toKafkaMessage(topic, event))
    return await this.#client.use(`relay ${topic}`, async (producer) => {
      try {
        await producer.send({ messages })
        return undefined
      } catch (error) {
        // The producer is as good as before: nothing of the batch was taken.
        if (isKafkaError(error, ...REFUSALS))
          return new Error(`Kafka refuses it: ${kafkaErrorText(error)}`, { cause: error })
        throw new BrokerError('WT_BROKER_UNAVAILABLE', `cannot relay ${topic}: ${kafkaErrorText(error)}`, {
          cause: error,
        })
      }
    })
  }
}

const ignore = (): void => {}
