import { afterAll, beforeAll, expect, test } from 'vitest'
import { settleBooks } from '../src/audit/settle.js'
import { Shop } from './shop.js'
import { until } from './until.js'

let shop: Shop

beforeAll(async () => {
  shop = await Shop.open({ profile: 'choreography' })
})
afterAll(() => shop.close())

/** Asks until it has ended, as a customer who was told to come again, or that it goes on, would. */
async function placed(checkout: Record<string, unknown>, key: string): Promise<number> {
  return await until(`the order ${key} has ended`, async () => {
    const { status } = await shop.order(checkout, { 'idempotency-key': key })
    return status < 500 && status !== 202 ? status : undefined
  })
}

test('each service does its step by the event of the one before, and undoes it by order-compensations; whoever dies, the books balance', async () => {
  expect(await placed({}, 'good')).toBe(201)
  expect(await placed({ card: 'tok_declined' }, 'declined')).toBe(402)
  // There are 40 of it.
  expect(await placed({ items: [{ sku: 'poster-1', quantity: 41 }] }, 'too-much')).toBe(409)
  const waiting = ['a', 'b', 'c'].map((key) => placed({}, key))
  shop.signal('inventory', 'SIGKILL')
  shop.signal('payment', 'SIGKILL')
  shop.signal('order', 'SIGKILL')
  expect(await Promise.all(waiting)).toEqual([201, 201, 201])
  const { books, findings } = await settleBooks(shop.system, [], 60_000)
  expect(findings).toEqual([])
  const reasons = books.orders.map(({ state, reason }) => reason ?? state)
  expect(reasons.filter((one) => one === 'confirmed')).toHaveLength(4)
  expect(reasons).toEqual(expect.arrayContaining(['card-declined', 'out-of-stock']))
  // Reserved and released: the stock that a declined card had is there again.
  expect(books.reservations.filter(({ undone }) => undone).length).toBeGreaterThan(0)
}, 180_000)
