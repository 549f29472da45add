import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { checkoutSchema, priceOf, type Checkout } from '../checkout/checkout-request.js'
import { parse } from '../http/body.js'
import { idempotencyKey } from '../http/idempotency-key.js'
import { Problem } from '../http/problem.js'
import { runService } from '../http/service.js'
import { OrderStore } from '../order/order-store.js'
import type { Order } from '../order/order.js'
import { PlaceOrder } from '../order/place-order.js'
import { outcomeOf, view } from '../order/view.js'
import { pageStart } from './books-page.js'

/** Keeps the orders, and takes each through reserving, charging and shipping, or back. */
await runService('order', async ({ dataFolder, edges }) => {
  const store = await OrderStore.open(join(dataFolder, 'postgres'))
  const placeOrder = new PlaceOrder(store, {
    inventory: edges.to('inventory'),
    payment: edges.to('payment'),
    shipping: edges.to('shipping'),
    loyalty: edges.to('loyalty'),
  })

  const place = async (checkout: Checkout, key: string): Promise<Order> => {
    const totalCents = priceOf(checkout.items)
    const id = randomUUID()
    const { order, isNew } = await store.insert({ id, ...checkout, totalCents, state: 'reserving' }, key)
    const { customer, items, card } = order
    if (!isNew && !isDeepStrictEqual({ customer, items, card }, checkout)) {
      throw new Problem(422, 'key-reused', `key ${key} was used before with another checkout`)
    }
    return isNew ? placeOrder.start(order) : placeOrder.resume(order.id)
  }

  return {
    routes: {
      'POST /orders': async (request) =>
        outcomeOf(await place(parse(checkoutSchema, request.body), idempotencyKey(request))),
      'GET /orders/:id': async ({ params }) => {
        const order = await store.find(params['id'] ?? '')
        if (order === undefined) throw new Problem(404, 'unknown-order', 'there is no order with this id')
        return { status: 200, body: view(order) }
      },
    },
    internalRoutes: {
      'GET /internal/books': async (request) => ({ status: 200, body: await store.page(pageStart(request)) }),
      'GET /internal/unfinished': async () => ({
        status: 200,
        body: { unfinished: await store.countUnfinished() },
      }),
    },
    checks: { postgres: () => store.countUnfinished() },
    close: async () => {
      await placeOrder.close()
      await store.close()
    },
  }
})
