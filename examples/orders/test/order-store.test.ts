import { migrate, recentEvents, type Store } from '@watertight/durable'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isKeyTaken, OrderStore } from '../src/order/order-store.js'
import type { Order } from '../src/order/order.js'
import { emptyStore } from './empty-store.js'

let database: Store
let store: OrderStore

beforeAll(async () => {
  database = await emptyStore()
  store = new OrderStore(database)
  await migrate(database)
  await store.open()
})
afterAll(() => database.close())

function order(id: string): Order {
  const items = [{ sku: 'mug-7', quantity: 1 }]
  return {
    id,
    customer: 'c-1',
    items,
    card: 'tok_ok',
    totalCents: 1_250,
    takenBy: 'stable',
    state: 'pending',
  }
}

/** Resolves to whether it was recorded, as none is whose key another one has. */
const insert = (id: string, key: string) =>
  database
    .transaction((transaction) => store.insert(transaction, order(id), key))
    .then(
      () => true,
      (error: unknown) => !isKeyTaken(error),
    )

test('a key is good for one order', async () => {
  expect(await insert('a', 'key-a')).toBe(true)
  expect(await insert('b', 'key-a')).toBe(false)
  expect(await store.findByKey('key-a')).toEqual(order('a'))
  expect(await store.find('b')).toBeUndefined()
})

test('an order keeps the reason that it got first', async () => {
  await store.turnBack('a', 'card-declined')
  await store.turnBack('a', 'unavailable')
  expect(await store.countUnfinished()).toEqual({ unfinished: 1, waiting: 0, undoing: 1 })
  await store.cancel('a', 'unavailable')
  expect(await store.find('a')).toEqual({ ...order('a'), state: 'cancelled', reason: 'card-declined' })
  expect(await insert('b', 'key-a')).toBe(false)
})

test('an order that failed through no fault of the customer gives its key back when it ends', async () => {
  await insert('c', 'key-c')
  await store.turnBack('c', 'unavailable')
  expect(await insert('d', 'key-c')).toBe(false)
  await store.cancel('c', 'unavailable')
  expect(await insert('d', 'key-c')).toBe(true)
  await store.confirm(order('d'), 'points')
  expect(await store.find('d')).toMatchObject({ state: 'confirmed', loyalty: 'points' })
})

test('an order that waits for payment says so until it is confirmed or goes back, and what is told of that is told once', async () => {
  await insert('w', 'key-w')
  await store.delay('w', 'payment')
  await store.delay('w', 'payment')
  expect(await store.find('w')).toMatchObject({ state: 'pending', waitsFor: 'payment' })
  expect(await store.countUnfinished()).toEqual({ unfinished: 1, waiting: 1, undoing: 0 })
  const told = (await recentEvents(database)).filter(({ key }) => key === 'w').map(({ type }) => type)
  expect(told.sort()).toEqual(['order-delayed', 'order-placed'])
  await store.turnBack('w', 'out-of-time')
  expect(await store.find('w')).not.toHaveProperty('waitsFor')
  expect(await store.countUnfinished()).toEqual({ unfinished: 1, waiting: 0, undoing: 1 })
  await store.cancel('w', 'out-of-time')
  // Its customer was told that it is accepted, and asks after it by this key.
  expect(await insert('x', 'key-w')).toBe(false)
})

test('a page shows all, the oldest first', async () => {
  const { entries, next } = await store.page(0)
  expect(entries.map(({ id }) => id)).toEqual(['a', 'c', 'd', 'w'])
  expect(next).toBeNull()
})

test('what happens to an order is told in the transaction in which it happens, under an id of its own', async () => {
  await insert('e', 'key-e')
  await store.confirm(order('e'), 'points')
  // A step that comes again.
  await store.confirm(order('e'), 'points')
  await expect(
    database.transaction(async (transaction) => {
      await store.insert(transaction, order('f'), 'key-f')
      throw new Error('rolled back')
    }),
  ).rejects.toThrow('rolled back')
  const told = (await recentEvents(database)).filter(({ key }) => key === 'e' || key === 'f')
  expect([...new Set(told.map(({ eventId }) => eventId))].sort()).toEqual(['e.confirmed', 'e.placed'])
})

test('an order of a version that told nobody is told of when it is opened', async () => {
  await database.query('truncate watertight.outbox')
  await database.query(`update orders set told = null where id = 'e'`)
  await store.open()
  await store.open()
  const told = (await recentEvents(database)).map(({ eventId }) => eventId)
  expect(told.sort()).toEqual(['e.confirmed', 'e.placed'])
})
