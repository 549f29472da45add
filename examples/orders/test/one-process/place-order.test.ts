import { virtualClock } from '@watertight/policy/testing'
import { expect, test } from 'vitest'
import { audit } from '../../src/audit/audit.js'
import type { Order, WorkingState } from '../../src/order/order.js'
import { Sweeper, type Pause } from '../../src/order/sweeper.js'
import { OneProcessShop } from './one-process-shop.js'

const items = [{ sku: 'mug-7', quantity: 1 }]

/** An order as a former process has left it. */
async function left(
  shop: OneProcessShop,
  id: string,
  state: WorkingState,
  takenBy: string = 'stable',
): Promise<Order> {
  const order: Order = { id, customer: 'c-1', items, card: 'tok_ok', totalCents: 1_250, takenBy, state }
  const undone = ['cancelling', 'refunding', 'releasing'].includes(state)
  await shop.store.insert({ ...order, ...(undone ? { reason: 'unavailable' } : {}) }, id)
  return order
}

const stateOf = async (shop: OneProcessShop, id: string) => (await shop.store.find(id))?.state

test('a 404 from something in between does not leave a charge that stands on an order that is cancelled', async () => {
  const shop = await OneProcessShop.open(async (call, _request, work) => {
    const answer = await work()
    return call === 'POST /charges' ? Response.json({ message: 'no such route' }, { status: 404 }) : answer
  })
  expect(await shop.checkout()).toMatchObject({ status: 503 })
  await shop.settle()
  const books = await shop.books([])
  expect(books.charges).toMatchObject([{ answer: 'charged', undone: true }])
  expect(audit(books)).toEqual([])
})

test('an order whose answers are not what was promised stops no other, and ends nothing, before and after a restart', async () => {
  const shop = await OneProcessShop.open(async (call, { headers }, work) => {
    if (headers['idempotency-key'] !== 'bad') return work()
    if (call === 'POST /releases') throw new TypeError('a mistake in the program')
    return new Response('null', { status: 200 })
  })
  await left(shop, 'bad', 'charging')
  for (const id of ['o-1', 'o-2', 'o-3']) await left(shop, id, 'charging')
  for (const restart of [false, true]) {
    if (restart) void shop.killOrder()
    for (let sweep = 0; sweep < 10; sweep += 1) await shop.placeOrder.sweepAll()
    for (const id of ['o-1', 'o-2', 'o-3']) expect(await stateOf(shop, id)).toBe('confirmed')
    expect(await stateOf(shop, 'bad')).toBe('refunding')
  }
})

test('an order that cannot even be read stops no other, and is told of', async () => {
  const shop = await OneProcessShop.open()
  for (const id of ['o-1', 'unreadable', 'o-2']) await left(shop, id, 'shipping')
  const find = shop.store.find.bind(shop.store)
  shop.store.find = async (id) => (id === 'unreadable' ? Promise.reject(new Error('a bad block')) : find(id))
  await shop.placeOrder.sweepAll()
  await shop.placeOrder.sweepAll()
  for (const id of ['o-1', 'o-2']) expect(await stateOf(shop, id)).toBe('confirmed')
  expect(shop.troubles.map(String)).toContain('Error: a bad block')
})

test('220 orders that wait for payment, which hangs, do not keep one waiting that needs inventory alone', async () => {
  const shop = await OneProcessShop.open((call, _request, work) =>
    call === 'POST /refunds' ? new Promise(() => {}) : work(),
  )
  for (let index = 0; index < 220; index += 1) await left(shop, `o-${index}`, 'refunding')
  await left(shop, 'last', 'releasing')
  const clock = virtualClock()
  const pause: Pause = (ms) => new Promise((resolve) => void clock.setTimer(ms, resolve))
  new Sweeper({ placeOrder: shop.placeOrder, onTrouble: (error) => shop.troubles.push(error), pause })
  await clock.advance(1_000)
  expect(await stateOf(shop, 'last')).toBe('cancelled')
})

test('220 orders that payment will not refund do not keep one waiting that it will', async () => {
  const shop = await OneProcessShop.open((call, { headers }, work) =>
    call === 'POST /refunds' && headers['idempotency-key'] !== 'last'
      ? Promise.resolve(new Response(null, { status: 500 }))
      : work(),
  )
  for (let index = 0; index < 220; index += 1) await left(shop, `o-${index}`, 'refunding')
  await left(shop, 'last', 'refunding')
  for (let sweep = 0; sweep < 2; sweep += 1) await shop.placeOrder.sweep('payment')
  expect(await stateOf(shop, 'last')).toBe('releasing')
})

test('a sweep that fails as a whole is tried again', async () => {
  const shop = await OneProcessShop.open()
  await left(shop, 'o-1', 'rewarding')
  const unfinished = shop.store.unfinished.bind(shop.store)
  let isDown = true
  shop.store.unfinished = (query) =>
    isDown ? Promise.reject(new Error('the store is down')) : unfinished(query)
  const clock = virtualClock()
  const pause: Pause = (ms) => new Promise((resolve) => void clock.setTimer(ms, resolve))
  new Sweeper({ placeOrder: shop.placeOrder, onTrouble: (error) => shop.troubles.push(error), pause })
  await clock.advance(1_000)
  expect(shop.troubles.length).toBeGreaterThan(4)
  isDown = false
  await clock.advance(1_000)
  expect(await stateOf(shop, 'o-1')).toBe('confirmed')
})

test('a charge that this process never sent needs no refund', async () => {
  const shop = await OneProcessShop.open((call, _request, work) =>
    call === 'POST /charges' ? Promise.reject(new Error('circuit is open')) : work(),
  )
  const order = await left(shop, 'new', 'charging')
  expect(await shop.placeOrder.start(order)).toMatchObject({ state: 'releasing', reason: 'unavailable' })
})

test('a charge that a former process may have sent is refunded, although this one could not send it', async () => {
  const shop = await OneProcessShop.open((call, _request, work) =>
    call === 'POST /charges' ? Promise.reject(new Error('circuit is open')) : work(),
  )
  const order = await left(shop, 'left by a crash', 'charging')
  expect(await shop.placeOrder.resume(order)).toMatchObject({ state: 'refunding', reason: 'unavailable' })
})

test('whoever asks again for an order that a sweep is moving waits for it, and then takes it to its end', async () => {
  let answerCharge = () => {}
  const shop = await OneProcessShop.open(async (call, _request, work) => {
    if (call === 'POST /charges') await new Promise<void>((resolve) => (answerCharge = resolve))
    return work()
  })
  const order = await left(shop, 'o-1', 'charging')
  const sweep = shop.placeOrder.sweep('payment')
  await new Promise((resolve) => setImmediate(resolve))
  const again = [shop.placeOrder.resume(order), shop.placeOrder.resume(order)]
  answerCharge()
  await sweep
  expect(await Promise.all(again)).toMatchObject([{ state: 'confirmed' }, { state: 'confirmed' }])
})

test('an order that the canary has taken is moved by the canary alone; whoever asks the other version waits for it', async () => {
  const shop = await OneProcessShop.open()
  const canary = shop.placeOrderOf('canary')
  const order = await left(shop, 'o-1', 'charging', 'canary')
  await shop.placeOrder.sweepAll()
  expect(await stateOf(shop, 'o-1')).toBe('charging')
  const asked = shop.placeOrder.resume(order)
  await canary.resume(order)
  expect(await asked).toMatchObject({ state: 'confirmed' })
})
