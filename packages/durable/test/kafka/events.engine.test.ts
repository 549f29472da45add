import { openKafka } from '../../src/brokers/kafka/kafka-broker.js'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import { eventsContract } from '../events-contract.js'
import { KafkaAndPostgres } from '../servers/kafka-and-postgres.js'

const servers = new KafkaAndPostgres()

eventsContract('Postgres, relayed to Kafka', async () => ({
  store: new PostgresStore({ url: servers.postgres.url }),
  kafka: await openKafka({ url: servers.kafka.url, waitMs: 0, deadlineMs: 30_000 }),
}))
