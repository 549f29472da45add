import { afterAll, beforeAll } from 'vitest'
import { type KafkaServer, startKafka } from './kafka-server.js'
import { type PostgresServer, startPostgres } from './postgres-server.js'

/** A Kafka and a Postgres, from before the first test of a file until after its last. */
export class KafkaAndPostgres {
  #kafka: KafkaServer | undefined
  #postgres: PostgresServer | undefined

  constructor() {
    beforeAll(async () => {
      this.#postgres = await startPostgres()
      this.#kafka = await startKafka()
    })
    afterAll(async () => {
      await this.#kafka?.stop()
      await this.#postgres?.stop()
    })
  }

  get kafka(): KafkaServer {
    if (this.#kafka === undefined) throw new Error('Kafka is not started yet')
    return this.#kafka
  }

  get postgres(): PostgresServer {
    if (this.#postgres === undefined) throw new Error('Postgres is not started yet')
    return this.#postgres
  }
}
