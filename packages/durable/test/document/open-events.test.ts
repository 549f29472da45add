import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openEvents } from '../../src/document/open-events.js'
import { openServiceIdempotencyStore } from '../../src/document/open-service-idempotency-store.js'
import { openServiceStore } from '../../src/document/open-service-store.js'
import { waitUntilHandled } from '../../src/events/wait-until-handled.js'
import { migrate } from '../../src/migrations/migrate.js'
import { publish } from '../../src/outbox/publish.js'
import { defineTopic } from '../../src/outbox/topic.js'
import type { Store } from '../../src/store/store.js'
import { documentOf } from './document.js'

const parse = (input: unknown): { n: number } => input as { n: number }
const orders = defineTopic('orders', {
  source: '/orders',
  types: {
    'order-placed': { version: 2, schema: { parse }, upcasts: { 1: (data) => data } },
    'order-cancelled': { schema: { parse } },
  },
})
const both =
  'consumes: { order-placed: { idempotent: inbox, batch: 2 }, order-cancelled: { idempotent: inbox, batch: 2 } }'

let store: Store
beforeAll(async () => {
  store = openServiceStore(documentOf(), { service: 'shipping' })
  await migrate(store)
})
afterAll(() => store.close())

const ignore = async (): Promise<void> => {}

test('a service takes the events that the document has it take, and no others of their topic', async () => {
  const seen: number[] = []
  const events = await openEvents(documentOf(), {
    service: 'shipping',
    store,
    topics: [orders],
    handlers: { 'order-placed': async ({ data }) => void seen.push(data.n) },
  })
  const published = await store.transaction((transaction) =>
    publish(transaction, orders, [
      { type: 'order-placed', key: 'a', data: { n: 1 } },
      { type: 'order-cancelled', key: 'a', data: { n: 2 } },
      { type: 'order-placed', key: 'a', data: { n: 3 } },
    ]),
  )
  await waitUntilHandled(store, published, { group: 'shipping' })
  expect(seen).toEqual([1, 3])
  await events.close()
})

test('one consumer takes all events of a topic, in their order', async () => {
  const seen: string[] = []
  const events = await openEvents(documentOf({ shipping: both }), {
    service: 'shipping',
    store,
    topics: [orders],
    handlers: {
      'order-placed': async ({ type }) => void seen.push(type),
      'order-cancelled': async ({ type }) => void seen.push(type),
    },
  })
  const published = await store.transaction((transaction) =>
    publish(transaction, orders, [
      { type: 'order-placed', key: 'b', data: { n: 1 } },
      { type: 'order-cancelled', key: 'b', data: { n: 2 } },
    ]),
  )
  await waitUntilHandled(store, published, { group: 'shipping' })
  expect(seen).toEqual(['order-placed', 'order-cancelled'])
  await events.close()
})

test.each([
  [
    'a service that there is not',
    {},
    { service: 'shiping' },
    'the service must be one of order, shipping, got shiping; did you mean shipping?',
  ],
  [
    'an event without a handler',
    {},
    { handlers: {} },
    'handlers must have order-placed, which services.shipping.consumes of the document names, got none',
  ],
  [
    'a handler without an event',
    {},
    { handlers: { 'order-placed': ignore, 'order-cancelled': ignore } },
    'handlers must be of events that services.shipping.consumes of the document names, got order-cancelled',
  ],
  [
    'a topic without the event',
    {},
    { topics: [defineTopic('orders', { source: '/o', types: {} })] },
    'event order-placed must be a type of one of its topics, got none',
  ],
  [
    'the event in another topic',
    {},
    { topics: [defineTopic('sales', { source: '/o', types: orders.types })] },
    'event order-placed must be in topic orders, as events.order-placed of the document has it, got sales',
  ],
  [
    'the event in another version',
    {},
    { topics: [defineTopic('orders', { source: '/o', types: { 'order-placed': { schema: { parse } } } })] },
    'event order-placed must have version 2, as events.order-placed.version of the document has it, got 1',
  ],
  [
    'a variable that is not set',
    { broker: '{ env: KAFKA_URL }' },
    { environment: {} },
    'the variable KAFKA_URL must be set, since broker of the document names it, got none',
  ],
  [
    'a Kafka that is nowhere',
    { broker: 'kafka' },
    {},
    'broker must be a URL or { env } with the variable that has it, got kafka',
  ],
  [
    'an event that the code spells otherwise',
    {},
    { topics: [defineTopic('orders', { source: '/o', types: { 'order-placd': { schema: { parse } } } })] },
    'event order-placed must be a type of one of its topics, got order-placd; did you mean order-placed where it says order-placd?',
  ],
  [
    'events of one topic that are taken differently',
    { shipping: both.replace('batch: 2', 'batch: 3') },
    { handlers: { 'order-placed': ignore, 'order-cancelled': ignore } },
    'order-placed and order-cancelled are of one topic, so their retry, timeout, batch and lease below services.shipping.consumes must be the same, got others',
  ],
  [
    'a relay that is nobody',
    { broker: 'kafka://k:9092', order: 'outbox: {}' },
    { service: 'order', handlers: {} },
    'services.order.outbox.relay must be self or the name of a service, got none',
  ],
  [
    'a relay of another store',
    { broker: 'kafka://k:9092', order: 'outbox: { relay: shipping }', shippingStore: 'other' },
    {},
    'services.order.store must be other, for shipping relays its outbox, got main',
  ],
])('what does not fit is refused: %s', async (_story, document, options, message) => {
  const opened = openEvents(documentOf(document), {
    service: 'shipping',
    store,
    topics: [orders],
    handlers: { 'order-placed': ignore },
    ...options,
  })
  await expect(opened).rejects.toMatchObject({
    name: 'DocumentError',
    message: `cannot open the events of ${'service' in options ? options.service : 'shipping'}: ${message}`,
  })
})

test('a service without a store, and one whose variable is not set, are told where to mend it', () => {
  const document = documentOf({ stores: 'main: { env: MAIN_URL }' })
  expect(() => openServiceStore(document, { service: 'shipping', environment: {} })).toThrow(
    'cannot open the store of shipping: the variable MAIN_URL must be set, since stores.main of the document names it, got none',
  )
})

test('a cache without an address, and keys in a store that is not there, are told before anything is opened', async () => {
  const model = documentOf({
    stores: 'main: embedded, answers: redis',
    order: 'idempotency: { cache: answers }',
    shipping: 'idempotency: { store: other }',
  })
  const open = (service: string) => openServiceIdempotencyStore(model, { service, store, environment: {} })
  await expect(open('order')).rejects.toThrow(
    'cannot open the keys of order: stores.answers must have an address, got redis without one; watertight up starts one',
  )
  await expect(open('shipping')).rejects.toThrow('the store must be one of main, answers, got other')
})

test('a cache that is none leaves no store of keys open: it is told before that one is', async () => {
  const folder = join(tmpdir(), `watertight-keys-${process.pid}`)
  const model = documentOf({
    stores: `main: embedded, keys: "pglite:${folder}", answers: { env: ANSWERS }`,
    order: 'idempotency: { store: keys, cache: answers }',
  })
  const environment = { ANSWERS: 'postgres://127.0.0.1/answers' }
  const opened = openServiceIdempotencyStore(model, { service: 'order', store, environment })
  await expect(opened).rejects.toThrow('cannot open a cache: url must be redis://')
  expect(existsSync(folder)).toBe(false)
})
