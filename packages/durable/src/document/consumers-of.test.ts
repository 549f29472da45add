import { readManifest } from '@watertight/manifest'
import { expect, test } from 'vitest'
import { defineTopic } from '../outbox/topic.js'
import { consumersOf } from './consumers-of.js'

const schema = { parse: (input: unknown): object => input as object }
const orders = defineTopic('orders', { source: '/orders', types: { 'order-placed': { schema } } })

test('tries, time limit, batch and lease of a consumer are those of the document', () => {
  const { system } = readManifest(
    `watertight: v1
system: shop
stores: { main: embedded }
events: { order-placed: { topic: orders } }
services:
  order: { store: main, outbox: {}, publishes: [order-placed] }
  shipping:
    store: main
    consumes:
      order-placed: { idempotent: inbox, retry: { attempts: 7, backoff: { initial: 70ms, max: 7s } }, timeout: 17s, batch: 27, lease: 37s }
`,
    'watertight.yaml',
  )
  const handlers = { 'order-placed': async () => {} }
  const options = { service: 'shipping', topics: [orders], handlers, action: 'test' }
  const [consumer] = consumersOf(system!.model, options)
  expect(consumer).toMatchObject({
    topic: orders,
    attemptsMax: 7,
    handlerDeadlineMs: 17_000,
    batchMax: 27,
    leaseMs: 37_000,
  })
  const delays = [1, 2, 20].map((attempt) => consumer!.backoff!.delayMs(attempt, 0, () => 0.5))
  expect(delays).toEqual([35, 70, 3_500])
})
