import { Admin, type Connection, Producer } from '@platformatic/kafka'
import { afterAll, beforeAll } from 'vitest'
import { type KafkaBroker, openKafka } from '../../src/brokers/kafka/kafka-broker.js'
import { migrate } from '../../src/migrations/migrate.js'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import { Scene } from '../scene.js'
import { KafkaAndPostgres } from '../servers/kafka-and-postgres.js'
import type { KafkaServer } from '../servers/kafka-server.js'

/** A message as a program of somebody else sends it. */
export interface ForeignMessage {
  readonly key?: string
  readonly value?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** As the client takes it, for partition 0. */
export function onWire(topic: string, { key, value = '', headers = {} }: ForeignMessage) {
  return {
    topic,
    partition: 0,
    ...(key !== undefined && { key: Buffer.from(key) }),
    value: Buffer.from(value),
    headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
  }
}

/** A connection to the one broker there is. */
export async function toBroker(admin: Admin): Promise<Connection> {
  const [connection] = [...(await admin.connectToBrokers()).values()]
  if (connection === undefined) throw new Error('no broker')
  return connection
}

/** A Kafka and a Postgres for the tests of one file. */
export class KafkaStage {
  readonly #servers = new KafkaAndPostgres()
  #store: PostgresStore | undefined
  #kafka: KafkaBroker | undefined

  constructor() {
    beforeAll(async () => {
      this.#store = new PostgresStore({ url: this.#servers.postgres.url })
      this.#kafka = await openKafka({ url: this.server.url, waitMs: 0, deadlineMs: 30_000 })
      await migrate(this.#store)
      await this.#store.query('create schema effects')
      await this.#store.query(
        'create table effects.entry (number integer generated always as identity, topic text, name text)',
      )
    })
    afterAll(async () => {
      await this.#kafka?.close()
      await this.#store?.close()
    })
  }

  get server(): KafkaServer {
    return this.#servers.kafka
  }

  get postgresUrl(): string {
    return this.#servers.postgres.url
  }

  get kafka(): KafkaBroker {
    if (this.#kafka === undefined) throw new Error('Kafka is not started yet')
    return this.#kafka
  }

  scene(topic: string, kafka: KafkaBroker = this.kafka): Scene {
    if (this.#store === undefined) throw new Error('Postgres is not started yet')
    return new Scene({ store: this.#store, kafka }, topic)
  }

  async admin<Result>(work: (admin: Admin) => Promise<Result>): Promise<Result> {
    const admin = new Admin(this.#clientOptions())
    try {
      return await work(admin)
    } finally {
      await admin.close()
    }
  }

  /** Sends messages to partition 0, as another program would. */
  async send(topic: string, messages: readonly ForeignMessage[]): Promise<void> {
    const producer = new Producer(this.#clientOptions())
    try {
      await producer.send({ messages: messages.map((message) => onWire(topic, message)) })
    } finally {
      await producer.close()
    }
  }

  #clientOptions(): { clientId: string; bootstrapBrokers: string[] } {
    return { clientId: 'somebody-else', bootstrapBrokers: [this.server.url.replace('kafka://', '')] }
  }
}
