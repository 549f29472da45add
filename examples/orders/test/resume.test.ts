import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTelemetry } from '@watertight/telemetry'
import { Edges } from '../src/http/edges.js'
import { loadManifest } from '../src/manifest/manifest.js'
import type { Order } from '../src/order/order.js'
import { OrderStore } from '../src/order/order-store.js'
import { PlaceOrder } from '../src/order/place-order.js'
import { freePorts } from '../src/supervisor/free-ports.js'

let folder: string
let store: OrderStore
let placeOrder: PlaceOrder
let edges: Edges

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'resume-'))
  store = await OrderStore.open(join(folder, 'postgres'))
  const [port] = await freePorts(1)
  const nobody = `http://127.0.0.1:${port}`
  edges = new Edges({
    model: loadManifest().model,
    service: 'order',
    urls: { inventory: nobody, payment: nobody, shipping: nobody, loyalty: nobody },
    telemetry: createTelemetry({ service: 'order' }),
  })
  const payment = edges.to('payment')
  placeOrder = new PlaceOrder(store, {
    inventory: edges.to('inventory'),
    payment,
    shipping: edges.to('shipping'),
    loyalty: edges.to('loyalty'),
  })
  // Nobody answers, so the breaker opens: from here on calls of payment are refused before they are sent.
  const calls = Array.from({ length: 12 }, () => payment.call({ method: 'POST', path: '/charges', body: {} }))
  await Promise.all(calls)
  if (payment.breaker !== 'open') throw new Error('the breaker of payment should be open')
}, 60_000)
afterAll(async () => {
  await placeOrder.close()
  await edges.close()
  await store.close()
  await rm(folder, { recursive: true })
})

async function charging(id: string): Promise<Order> {
  const items = [{ sku: 'mug-7', quantity: 1 }]
  const order: Order = { id, customer: 'c-1', items, card: 'tok_ok', totalCents: 1_250, state: 'charging' }
  return (await store.insert(order, id)).order
}

test('a charge that this process never sent needs no refund', async () => {
  const order = await placeOrder.start(await charging('new'))
  expect(order).toMatchObject({ state: 'releasing', reason: 'unavailable' })
})

test('a charge that a former process may have sent is refunded, although this one could not send it', async () => {
  const { id } = await charging('left by a crash')
  expect(await placeOrder.resume(id)).toMatchObject({ state: 'refunding', reason: 'unavailable' })
})
