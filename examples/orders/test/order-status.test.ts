import { migrate, publish, type Store } from '@watertight/durable'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { orderEvents } from '../src/order/order-events.js'
import { OrderStatuses } from '../src/order/order-status.js'
import { emptyStore } from './empty-store.js'

let database: Store
let statuses: OrderStatuses

beforeAll(async () => {
  database = await emptyStore()
  await migrate(database)
  statuses = await OrderStatuses.open(database, (error) => {
    throw error
  })
})
afterAll(async () => {
  await statuses.close()
  await database.close()
})

const items = [{ sku: 'mug-7', quantity: 1 }]
const placed = { customer: 'c-1', items, totalCents: 1_250, takenBy: 'stable' }

// There is no row of an order here: all that is known of it are its events.
test('what a customer is told of an order is made of its events, and of each as soon as it is committed', async () => {
  expect(await statuses.find('order-1')).toBeUndefined()
  await database.transaction((transaction) =>
    publish(transaction, orderEvents, { type: 'order-placed', key: 'order-1', data: placed }),
  )
  expect(await statuses.find('order-1')).toEqual({ id: 'order-1', state: 'pending', ...placed })
  await database.transaction((transaction) =>
    publish(transaction, orderEvents, {
      type: 'order-delayed',
      key: 'order-1',
      data: { waitsFor: 'payment' },
    }),
  )
  expect(await statuses.find('order-1')).toMatchObject({ state: 'pending', waitsFor: 'payment' })
  const confirmed = { customer: 'c-1', items, loyalty: '12 points' }
  await database.transaction((transaction) =>
    publish(transaction, orderEvents, { type: 'order-confirmed', key: 'order-1', data: confirmed }),
  )
  const status = await statuses.find('order-1')
  expect(status).toEqual({ id: 'order-1', ...placed, state: 'confirmed', loyalty: '12 points' })
})
