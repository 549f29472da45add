import { openSagaEngine, type Store } from '@watertight/durable'
import { currentScope } from '@watertight/http/scope'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { audit } from '../../src/audit/audit.js'
import type { Order } from '../../src/order/order.js'
import { OrderStore } from '../../src/order/order-store.js'
import { contentOf, placeOrderSaga } from '../../src/order/place-order.js'
import { emptyStore } from '../empty-store.js'
import { until } from '../until.js'
import { mortalStore } from './mortal-store.js'
import { OneProcessShop, type Intercepted } from './one-process-shop.js'

let store: Store
beforeAll(async () => {
  store = await emptyStore()
})
afterAll(() => store.close())

test('while payment cannot be reached an order is accepted and waits with its stock; it is charged once, and whoever asks again gets it', async () => {
  let isAway = true
  const priorities: number[] = []
  const shop = await OneProcessShop.open(store, ({ call }, work) => {
    if (call !== 'POST /charges') return work()
    priorities.push(currentScope()?.priority ?? 0)
    return isAway ? Promise.reject(new Error('reset')) : work()
  })
  const waits = { status: 202, body: { orderId: 'c1.1', status: 'waiting for payment', total: 49.98 } }
  expect(await shop.checkout()).toMatchObject(waits)
  expect(await shop.look('/orders/c1.1')).toMatchObject({ status: 200, body: { status: waits.body.status } })
  expect(await shop.checkout()).toMatchObject(waits)
  expect(await shop.checkout({ card: 'tok_other' })).toMatchObject({ status: 422 })
  expect(await shop.look('/internal/unfinished')).toMatchObject({ body: { unfinished: 1, waiting: 1 } })
  expect(await shop.books([])).toMatchObject({ charges: [], reservations: [{ undone: false }] })
  isAway = false
  await shop.settle()
  expect(await shop.checkout()).toMatchObject({ status: 201, body: { orderId: 'c1.1', status: 'confirmed' } })
  expect(await shop.look('/orders/c1.1')).toMatchObject({ body: { status: 'confirmed' } })
  // Whoever has been answered gives way to those who have not.
  expect([priorities[0], priorities.at(-1)]).toEqual([0, -1])
  const books = await shop.books(['c1.1'])
  expect(books.charges).toMatchObject([{ answer: 'charged', undone: false }])
  expect(audit(books)).toEqual([])
  await shop.close()
}, 120_000)

test('a card that is declined after the wait cancels the order, and releases its stock', async () => {
  let isAway = true
  const shop = await OneProcessShop.open(store, ({ call }, work) =>
    call === 'POST /charges' && isAway ? Promise.reject(new Error('reset')) : work(),
  )
  expect(await shop.checkout({ card: 'tok_declined' })).toMatchObject({ status: 202 })
  isAway = false
  await shop.settle()
  expect(await shop.checkout({ card: 'tok_declined' })).toMatchObject({
    status: 402,
    body: { title: 'card declined' },
  })
  expect(await shop.books([])).toMatchObject({ reservations: [{ undone: true }] })
  await shop.close()
}, 120_000)

test('an order that waits for too long is cancelled and keeps its key; a charge behind a 404 from something in between is refunded', async () => {
  const shop = await OneProcessShop.open(store, async ({ call }, work) => {
    const answer = await work()
    return call === 'POST /charges' ? Response.json({ message: 'no such route' }, { status: 404 }) : answer
  })
  expect(await shop.checkout()).toMatchObject({ status: 202 })
  // Half an hour later: each write of its worker would undo a change made meanwhile, so it is made until it holds.
  await until('the order is cancelled', async () => {
    await store.query(
      `update watertight.saga set state = jsonb_set(state::jsonb, '{deadlineAt}', '1')::text::json where id = 'c1.1'`,
    )
    return (await shop.stateOf('c1')) === 'cancelled'
  })
  expect(await shop.look('/orders/c1.1')).toMatchObject({
    body: { status: 'cancelled', reason: 'out-of-time' },
  })
  expect(await shop.checkout()).toMatchObject({
    status: 402,
    body: { orderId: 'c1.1', title: 'out of time' },
  })
  const books = await shop.books([])
  expect(books.charges).toMatchObject([{ answer: 'charged', undone: true }])
  expect(books.reservations).toMatchObject([{ undone: true }])
  expect(audit(books)).toEqual([])
  await shop.close()
}, 120_000)

test('when as many orders wait as may, the next customer is told to come again, and those who have one are told of theirs', async () => {
  let isAway = true
  const away = async ({ call }: Intercepted, work: () => Promise<Response>): Promise<Response> =>
    call === 'POST /charges' && isAway ? Promise.reject(new Error('reset')) : work()
  const shop = await OneProcessShop.open(store, away, { unfinishedMax: 2 })
  for (const customer of ['c1', 'c2'])
    expect(await shop.checkout({}, customer)).toMatchObject({ status: 202 })
  const full = await until('no more are taken', async () => {
    const reply = await shop.checkout({}, 'c3')
    return reply.status === 503 && reply
  })
  expect(full.body).toMatchObject({ title: 'unavailable', retryAfterSeconds: 10 })
  expect(await shop.checkout({}, 'c1')).toMatchObject({ status: 202, body: { orderId: 'c1.1' } })
  isAway = false
  await shop.settle()
  await until('they are taken again', async () => (await shop.checkout({}, 'c3')).status === 201)
  await shop.settle()
  expect(audit(await shop.books([]))).toEqual([])
  await shop.close()
}, 120_000)

test('an order whose answers are not what was promised stops no other, and ends nothing, before and after a restart', async () => {
  const shop = await OneProcessShop.open(store, async ({ call, customer }, work) => {
    if (customer !== 'bad' || call === 'POST /orders') return work()
    if (call === 'POST /releases') throw new TypeError('a mistake in the program')
    return new Response('null', { status: 200 })
  })
  for (const life of ['first', 'second']) {
    expect(await shop.checkout({}, 'bad')).toMatchObject({ status: 503 })
    expect(await shop.checkout({}, `good-${life}`)).toMatchObject({ status: 201 })
    expect(await shop.stateOf('bad')).toBe('pending')
    void shop.killOrder()
  }
  await shop.close()
}, 120_000)

test('what a process that died was doing is taken up by the next one, and the customer who asks again gets that order', async () => {
  let isFirst = true
  const shop: OneProcessShop = await OneProcessShop.open(store, async ({ call }, work) => {
    if (call !== 'POST /charges' || !isFirst) return work()
    isFirst = false
    await work()
    return shop.killOrder()
  })
  expect(await shop.checkout()).toMatchObject({ status: 503 })
  const again = await shop.checkout()
  expect(again).toMatchObject({ status: 201, body: { orderId: 'c1.1' } })
  await shop.settle()
  expect(audit(await shop.books(['c1.1']))).toEqual([])
  await shop.close()
}, 120_000)

test('an order that began when shipping was still called ends confirmed, and is shipped once', async () => {
  const shop = await OneProcessShop.open(store)
  const orders = new OrderStore(store)
  const hangs = { call: () => new Promise<never>(() => {}) }
  const former = placeOrderSaga({ inventory: hangs, payment: hangs, loyalty: hangs }, orders, 1)
  const process = mortalStore(store)
  const engine = await openSagaEngine({ store: process, sagas: [former], leaseMs: 200 })
  const order: Order = {
    id: 'former.1',
    customer: 'former',
    items: [{ sku: 'book-42', quantity: 2 }],
    card: 'tok_ok',
    totalCents: 4_998,
    takenBy: 'stable',
    state: 'pending',
  }
  await store.transaction(async (transaction) => {
    await orders.insert(transaction, order, 'key former')
    await engine.startIn(transaction, former, { id: order.id, input: contentOf(order), key: order.customer })
  })
  expect(await engine.find(order.id)).toMatchObject({ version: 1 })
  process.die()
  await shop.settle()
  expect(await shop.stateOf('former')).toBe('confirmed')
  const books = await shop.books([order.id])
  expect(books.shipments).toHaveLength(1)
  expect(audit(books)).toEqual([])
  await shop.close()
}, 120_000)
