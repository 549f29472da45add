import { expect, test } from 'vitest'
import type { EventSink } from '../src/brokers/event-sink.js'
import { KAFKA } from '../src/brokers/kafka/kafka-position.js'
import { relayEvents } from '../src/brokers/relay/relay-events.js'
import { migrate } from '../src/migrations/migrate.js'
import { emptyStore } from './empty-store.js'

test('a relay that cannot begin with all of its topics leaves nothing running of those before', async () => {
  const store = await emptyStore()
  await migrate(store)
  await store.query(
    `insert into watertight.consumer_position (group_name, topic, partition, transaction, id)
    values ('kafka-relay', 'bills', 0, $1, 0)`,
    [KAFKA],
  )
  const to: EventSink = { prepare: async () => {}, send: async () => [] }
  await expect(relayEvents(store, { topics: ['orders', 'bills'], to })).rejects.toThrow(
    'cannot consume bills: broker must be Kafka',
  )
  const { rows } = await store.query(
    `select member from watertight.consumer_member union all
    select owner from watertight.consumer_lease where owner is not null`,
  )
  expect(rows).toEqual([])
  await store.close()
})
