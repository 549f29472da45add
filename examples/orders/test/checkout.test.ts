import { afterAll, beforeAll, expect, test } from 'vitest'
import { settleBooks } from '../src/audit/settle.js'
import { collectBooks, type StockLine } from '../src/audit/books.js'
import { loadManifest, serviceOf } from '../src/manifest/manifest.js'
import { FolderInUseError } from '../src/folder-lock/folder-lock.js'
import { System } from '../src/supervisor/system.js'
import { Shop } from './shop.js'
import { until } from './until.js'

let shop: Shop

beforeAll(async () => {
  shop = await Shop.open()
}, 60_000)
afterAll(() => shop.close())

const books = () => collectBooks(shop.system, [])
const stock = () => shop.system.get<StockLine[]>('inventory', '/internal/stock')

test('an order is placed, and can be looked up', async () => {
  const { status, body } = await shop.order()
  expect(status).toBe(201)
  expect(body).toEqual({
    orderId: expect.any(String),
    status: 'confirmed',
    total: 49.98,
    currency: 'EUR',
    loyalty: 'You earned 49 loyalty points.',
  })
  const shown = await shop.request('gateway', 'GET', `/orders/${String(body['orderId'])}`)
  expect(shown.status).toBe(200)
  expect(shown.body).toMatchObject({ ...body, customer: 'c-1', items: [{ sku: 'book-42', quantity: 2 }] })
})

test.each([
  ['customer', { customer: '' }],
  ['customer', { customer: undefined }],
  ['items', { items: [] }],
  ['items[0].quantity', { items: [{ sku: 'book-42', quantity: 0 }] }],
  ['items[1].sku', { items: [{ sku: 'mug-7', quantity: 1 }, { quantity: 1 }] }],
  ['card', { card: 4111 }],
  ['coupon', { coupon: 'free' }],
])('bad input is a 400 that names %s', async (field, change) => {
  const { status, headers, body } = await shop.order(change)
  expect(status).toBe(400)
  expect(headers.get('content-type')).toBe('application/problem+json')
  expect(body).toMatchObject({ status: 400, field, detail: expect.stringContaining(field) })
})

test('what is no order at all', async () => {
  expect(await shop.request('gateway', 'POST', '/orders', '{"cust')).toMatchObject({ status: 400 })
  expect(await shop.request('gateway', 'POST', '/orders', 'x'.repeat(20_000))).toMatchObject({ status: 413 })
  expect(await shop.request('gateway', 'GET', '/nothing')).toMatchObject({ status: 404 })
  expect(await shop.request('gateway', 'GET', '/orders/none')).toMatchObject({ status: 404 })
  const wrongMethod = await shop.request('gateway', 'PUT', '/orders')
  expect(wrongMethod.status).toBe(405)
  expect(wrongMethod.headers.get('allow')).toBe('POST')
})

test('an unknown article is a 422', async () => {
  const { status, body } = await shop.order({ items: [{ sku: 'book-43', quantity: 1 }] })
  expect(status).toBe(422)
  expect(body).toMatchObject({ field: 'items[0].sku', detail: 'items[0].sku: "book-43" is not sold here' })
})

test('more than there is in stock is a 409', async () => {
  const { status } = await shop.order({ items: [{ sku: 'poster-1', quantity: 41 }] })
  expect(status).toBe(409)
})

test('a declined card is a 402, with the stock released', async () => {
  const before = await stock()
  const { status, body } = await shop.order({ card: 'tok_declined' })
  expect(status).toBe(402)
  expect(await stock()).toEqual(before)
  const shown = await shop.request('gateway', 'GET', `/orders/${String(body['orderId'])}`)
  expect(shown.body).toMatchObject({ status: 'cancelled', reason: 'card-declined' })
})

test('the same Idempotency-Key orders once, however often and at once it is sent', async () => {
  const key = { 'idempotency-key': 'same' }
  const replies = await Promise.all([shop.order({}, key), shop.order({}, key), shop.order({}, key)])
  replies.push(await shop.order({}, key))
  expect(replies.map(({ status }) => status)).toEqual([201, 201, 201, 201])
  expect(new Set(replies.map(({ body }) => body['orderId'])).size).toBe(1)
  const other = await shop.order({ customer: 'c-2' }, key)
  expect(other).toMatchObject({ status: 422, body: { title: 'key reused' } })
})

test('without loyalty an order is processed all the same', async () => {
  await shop.faults('loyalty', { errorRate: 1, forSeconds: 60 })
  const { status, body } = await shop.order()
  expect(status).toBe(201)
  expect(body['loyalty']).toBe('Loyalty points currently unavailable, but your order is processed!')
  await shop.system.clearFaults()
})

test('with shipping down the answer is 503, and everything is undone once it can be', async () => {
  await shop.faults('shipping', { errorRate: 1, forSeconds: 60 })
  const { status, headers, body } = await shop.order({}, { 'idempotency-key': 'again' })
  expect(status).toBe(503)
  expect(headers.get('content-type')).toBe('application/problem+json')
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  await shop.system.clearFaults()
  const path = `/orders/${String(body['orderId'])}`
  await until('the order is undone', async () => {
    const shown = await shop.request('gateway', 'GET', path)
    return shown.body['status'] === 'cancelled'
  })
  // It failed through no fault of the customer's, so the same request is a new try.
  expect(await shop.order({}, { 'idempotency-key': 'again' })).toMatchObject({ status: 201 })
})

test('a charge that comes too late is not made', async () => {
  const { calls } = serviceOf(loadManifest().model, 'order')
  const attemptMs = calls.find(({ to }) => to === 'payment')?.policy.timeout?.attemptMs ?? NaN
  await shop.faults('payment', { latencyMs: attemptMs + 300, forSeconds: 60 })
  const { status, body } = await shop.order()
  expect(status).toBe(503)
  await shop.system.clearFaults()
  const { charges } = await until('it is settled', async () => {
    const found = await books()
    return found.orders.find(({ id }) => id === body['orderId'])?.state === 'cancelled' && found
  })
  expect(charges.find(({ key }) => key === body['orderId'])).toMatchObject({ undone: true })
})

test('an order service that dies in the middle of an order takes it to its end', async () => {
  await shop.faults('payment', { latencyMs: 600, forSeconds: 60 })
  const answer = shop.order({ customer: 'c-resumed' })
  const { id } = await until('it is being charged', async () => {
    const { orders } = await books()
    return orders.find(({ customer, state }) => customer === 'c-resumed' && state === 'charging')
  })
  shop.signal('order', 'SIGKILL')
  await shop.system.clearFaults()
  // The gateway tries again under the same key, and so gets the answer to the same order.
  expect(await answer).toMatchObject({ status: 201, body: { orderId: id } })
  const { charges } = await books()
  expect(charges.filter(({ asked }) => asked?.orderId === id)).toHaveLength(1)
  expect(shop.system.restarts).toBe(1)
}, 30_000)

test('faults need the token, and are bounded', async () => {
  const plan = { latencyMs: 1, forSeconds: 1 }
  expect(await shop.request('payment', 'POST', '/faults', plan)).toMatchObject({ status: 401 })
  const wrong = { authorization: `Bearer ${'0'.repeat(shop.system.faultToken.length)}` }
  expect(await shop.request('payment', 'POST', '/faults', plan, wrong)).toMatchObject({ status: 401 })
  const bearer = { authorization: `Bearer ${shop.system.faultToken}` }
  expect(await shop.request('payment', 'POST', '/faults', plan, bearer)).toMatchObject({ status: 200 })
  for (const [field, value] of [
    ['latencyMs', -1],
    ['errorRate', 2],
    ['forSeconds', 1e9],
  ]) {
    const reply = await shop.faults('payment', { ...plan, [field as string]: value as number })
    expect(reply).toMatchObject({ status: 400, body: { field } })
  }
})

test('the books balance, and a second run continues with them', async () => {
  const first = await settleBooks(shop.system, [], 20_000)
  expect(first.findings).toEqual([])
  await expect(Shop.open(shop.dataFolder)).rejects.toThrow(FolderInUseError)

  await shop.system.stop()
  shop.system = await System.start({ dataFolder: shop.dataFolder, port: 0, say: () => {} })
  const second = await settleBooks(shop.system, [], 20_000)
  expect(second.findings).toEqual([])
  expect(second.books).toEqual(first.books)
}, 60_000)
