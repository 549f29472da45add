import { expect, test } from 'vitest'
import { openEvents } from '../../src/document/open-events.js'
import { migrate } from '../../src/migrations/migrate.js'
import { publish } from '../../src/outbox/publish.js'
import { defineTopic } from '../../src/outbox/topic.js'
import { PostgresStore } from '../../src/store/postgres/postgres-store.js'
import { documentOf } from '../document/document.js'
import { KafkaAndPostgres } from '../servers/kafka-and-postgres.js'

const servers = new KafkaAndPostgres()

const schema = { parse: (input: unknown): { n: number } => input as { n: number } }
const orders = defineTopic('orders', {
  source: '/orders',
  types: {
    'order-placed': { version: 2, schema, upcasts: { 1: (data) => data } },
    'order-cancelled': { schema },
  },
})

test('what one service publishes in its store, another takes in its own: broker and relay are those of the document', async () => {
  const admin = new PostgresStore({ url: servers.postgres.url })
  await admin.query('create database parcels')
  await admin.close()
  const stores = {
    order: new PostgresStore({ url: servers.postgres.url }),
    shipping: new PostgresStore({ url: servers.postgres.url.replace(/\/[^/]*$/, '/parcels') }),
  }
  await Promise.all(Object.values(stores).map((store) => migrate(store)))
  const model = documentOf({ broker: '{ env: KAFKA_URL }', shippingStore: 'other' })
  const environment = { KAFKA_URL: servers.kafka.url }
  const seen: number[] = []
  let onLast = (): void => {}
  const last = new Promise<void>((resolve) => (onLast = resolve))
  const shipping = await openEvents(model, {
    service: 'shipping',
    store: stores.shipping,
    topics: [orders],
    environment,
    handlers: {
      'order-placed': async ({ data }) => {
        if (!seen.includes(data.n)) seen.push(data.n)
        if (data.n === 3) onLast()
      },
    },
  })
  const order = await openEvents(model, {
    service: 'order',
    store: stores.order,
    topics: [orders],
    environment,
  })
  await stores.order.transaction((transaction) =>
    publish(
      transaction,
      orders,
      [1, 2, 3].map((n) => ({ type: 'order-placed' as const, key: 'a', data: { n } })),
    ),
  )
  await last
  expect(seen).toEqual([1, 2, 3])
  await Promise.all([order.close(), shipping.close()])
  await Promise.all(Object.values(stores).map((store) => store.close()))
}, 120_000)

test('a handler hangs: whoever closes the events of its service is told, and its other consumers have left', async () => {
  const store = new PostgresStore({ url: servers.postgres.url })
  await migrate(store)
  const bills = defineTopic('bills', { source: '/bills', types: { billed: { schema } } })
  const consumes = 'consumes: { order-placed: { idempotent: inbox }, billed: { idempotent: inbox } }'
  const model = documentOf({ events: 'billed: { topic: bills }', shipping: consumes })
  let letGo = (): void => {}
  const released = new Promise<void>((resolve) => (letGo = resolve))
  let onHanging = (): void => {}
  const hanging = new Promise<void>((resolve) => (onHanging = resolve))
  const handlers = {
    'order-placed': async () => {},
    billed: async () => {
      onHanging()
      await released
    },
  }
  const events = await openEvents(model, { service: 'shipping', store, topics: [orders, bills], handlers })
  const topicsWithMembers = async (): Promise<string[]> => {
    const text = `select distinct topic from watertight.consumer_member where group_name = 'shipping' order by topic`
    return (await store.query<{ topic: string }>(text)).rows.map(({ topic }) => topic)
  }
  await expect.poll(topicsWithMembers, { timeout: 30_000 }).toEqual(['bills', 'orders'])
  await store.transaction((transaction) =>
    publish(transaction, bills, { type: 'billed', key: 'a', data: { n: 1 } }),
  )
  await hanging
  await expect(events.close({ deadlineMs: 50 })).rejects.toThrow(
    'cannot close the consumer: what it is at must end within 50 ms, and did not',
  )
  expect(await topicsWithMembers()).toEqual(['bills'])
  letGo()
  await store.close()
}, 120_000)
