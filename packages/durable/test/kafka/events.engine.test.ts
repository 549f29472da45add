import { afterAll, beforeAll } from 'vitest'
import { openKafka } from '../../src/brokers/kafka/kafka-broker.js'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import { eventsContract } from '../events-contract.js'
import { type KafkaServer, startKafka } from '../servers/kafka-server.js'
import { type PostgresServer, startPostgres } from '../servers/postgres-server.js'

let server: PostgresServer
let kafka: KafkaServer
beforeAll(async () => {
  server = await startPostgres()
  kafka = await startKafka()
}, 120_000)
afterAll(async () => {
  await kafka.stop()
  await server.stop()
})

eventsContract('Postgres, relayed to Kafka', async () => ({
  store: new PostgresStore({ url: server.url }),
  kafka: await openKafka({ url: kafka.url, waitMs: 0, deadlineMs: 30_000 }),
}))
