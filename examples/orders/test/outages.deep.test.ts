import { afterAll, beforeAll, expect, test } from 'vitest'
import { collectBooks } from '../src/audit/books.js'
import { settleBooks } from '../src/audit/settle.js'
import { AlreadyRunningError } from '@watertight/supervisor'
import { loadManifest, serviceOf } from '../src/manifest/manifest.js'
import { Shop } from './shop.js'
import { until } from './until.js'

let shop: Shop

beforeAll(async () => {
  shop = await Shop.open()
}, 180_000)
afterAll(() => shop.close())

const books = () => collectBooks(shop.system, [])

test('without loyalty an order is processed all the same', async () => {
  await shop.faults('loyalty', { errorRate: 1, forSeconds: 60 })
  const { status, body } = await shop.order()
  expect(status).toBe(201)
  expect(body['loyalty']).toBe('Loyalty points currently unavailable, but your order is processed!')
  await shop.system.clearFaults()
})

test('while shipping hangs orders go on, and are shipped when it is back', async () => {
  shop.signal('shipping', 'SIGSTOP')
  const { status, body } = await shop.order()
  expect(status).toBe(201)
  expect((await shop.request('gateway', 'GET', `/orders/${String(body['orderId'])}`)).body).toMatchObject({
    status: 'confirmed',
  })
  shop.signal('shipping', 'SIGCONT')
  await until('it is to be shipped', async () =>
    (await books()).shipments.some(({ key }) => key === body['orderId']),
  )
})

test('with payment down the answer is 503, and everything is undone once it can be', async () => {
  await shop.faults('payment', { errorRate: 1, forSeconds: 60 })
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

test('the books balance, and a second run continues with them', async () => {
  const first = await settleBooks(shop.system, [], 20_000)
  expect(first.findings).toEqual([])
  await expect(Shop.open({ dataFolder: shop.dataFolder })).rejects.toThrow(AlreadyRunningError)

  await shop.stopAndStartAgain()
  const second = await settleBooks(shop.system, [], 20_000)
  expect(second.findings).toEqual([])
  expect(second.books).toEqual(first.books)
}, 60_000)
