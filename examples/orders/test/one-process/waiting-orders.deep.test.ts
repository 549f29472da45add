import { PGliteStore } from '@watertight/durable'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../until.js'
import { OneProcessShop } from './one-process-shop.js'

let store: PGliteStore
beforeAll(() => {
  store = new PGliteStore({ queryDeadlineMs: 120_000 })
})
afterAll(() => store.close())

test('150 orders that wait for payment, which hangs, do not keep one waiting that needs inventory alone', async () => {
  let hangs = false
  let hanging = 0
  const shop = await OneProcessShop.open(store, ({ call, customer }, work) => {
    if (customer === 'last' && call === 'POST /reservations') return Promise.reject(new Error('reset'))
    if (call !== 'POST /charges') return work()
    hanging += hangs ? 1 : 0
    return hangs ? new Promise(() => {}) : Promise.reject(new Error('reset'))
  })
  for (let first = 0; first < 150; first += 15) {
    const customers = Array.from({ length: 15 }, (_, index) => `c${first + index}`)
    const stuck = await Promise.all(customers.map((customer) => shop.checkout({}, customer)))
    expect(new Set(stuck.map(({ status }) => status))).toEqual(new Set([202]))
  }
  hangs = true
  await until('payment hangs', () => hanging >= 16)
  expect(await shop.checkout({}, 'last')).toMatchObject({ status: 503 })
  await until('the last one is undone', async () => (await shop.stateOf('last')) === 'cancelled')
  expect((await shop.books([])).orders.filter(({ state }) => state === 'pending')).toHaveLength(150)
  void shop.killOrder()
  await shop.close()
}, 120_000)
