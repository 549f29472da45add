import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { bulkhead, RefusalError } from '@watertight/policy'
import { checkoutSchema, priceOf, type Checkout } from '../checkout/checkout-schema.js'
import { parse } from '../http/read-json.js'
import type { Edge } from '../http/edge.js'
import { customersKey } from '../http/idempotency-key.js'
import { Problem, unavailable } from '../http/problem.js'
import type { Environment, Service } from '../http/service.js'
import { PostgresOrderStore } from '../order/postgres-order-store.js'
import type { OrderStore } from '../order/order-store.js'
import type { Order } from '../order/order.js'
import { PlaceOrder } from '../order/place-order.js'
import { Sweeper } from '../order/sweeper.js'
import { taxIn } from '../order/tax.js'
import { Troubles } from '../order/troubles.js'
import { outcomeOf, view } from '../order/view.js'
import { pageStart } from './books-page.js'

/**
 * How many checkouts are worked on at once. Many more come at once when all that have waited for a restart are let in
 * together: worked on all at the same time, each would take longer than its calls may. They wait here, where nothing is
 * begun yet.
 */
const ADMISSION = { concurrency: 16, queue: 256, maxWaitMs: 8_000 }

/** Keeps the orders, and takes each through reserving, charging and shipping, or back. */
export async function openOrder({ name, edges, log, store: shop }: Environment): Promise<Service> {
  const store = new PostgresOrderStore(shop)
  const version = name === 'canary' ? 'canary' : 'stable'
  const troubles = new Troubles((error, trouble) => log.error({ err: error }, trouble))
  const placeOrder = new PlaceOrder({
    version,
    store,
    callees: {
      inventory: edges.to('inventory'),
      payment: edges.to('payment'),
      shipping: edges.to('shipping'),
      loyalty: edges.to('loyalty'),
    },
    onTrouble: (error, id) => troubles.tell(error, `order ${id} stands still, and is tried again`),
  })
  const sweeper = new Sweeper({
    placeOrder,
    onTrouble: (error) => troubles.tell(error, 'a sweep failed, and is tried again'),
  })
  const close = async () => {
    await sweeper.stop()
    await placeOrder.close()
    await shop.close()
  }
  const service = orderService({ version, store, placeOrder, tax: edges.to('tax') })
  return { ...service, opened: store.opened, close }
}

export interface OrderServiceParts {
  readonly version: string
  readonly store: OrderStore
  readonly placeOrder: PlaceOrder
  readonly tax: Pick<Edge, 'call'>
}

/** The service over any store, and over any way to call the others. */
export function orderService({ version, store, placeOrder, tax }: OrderServiceParts): Omit<Service, 'close'> {
  const admission = bulkhead(ADMISSION)
  const place = async (checkout: Checkout, key: string): Promise<Order> => {
    const totalCents = priceOf(checkout.items)
    const id = randomUUID()
    const priced = { id, ...checkout, totalCents, ...(await taxIn(tax, checkout.items)) }
    const { order, isNew } = await store.insert({ ...priced, takenBy: version, state: 'reserving' }, key)
    const { customer, items, card } = order
    if (!isNew && !isDeepStrictEqual({ customer, items, card }, checkout)) {
      throw new Problem(422, 'key-reused', `key ${key} was used before with another checkout`)
    }
    return isNew ? placeOrder.start(order) : placeOrder.resume(order)
  }

  return {
    routes: {
      'POST /orders': async (request) => {
        const checkout = parse(checkoutSchema, request.body)
        const key = customersKey(request)
        const admitted = await admission.outcome(() => place(checkout, key))
        if (admitted.ok) return outcomeOf(admitted.value)
        if (admitted.error instanceof RefusalError) throw unavailable('too many orders are under way', 1)
        throw admitted.error
      },
      'GET /orders/:id': async ({ params }) => {
        const order = await store.find(params['id'] ?? '')
        if (order === undefined) throw new Problem(404, 'unknown-order', 'there is no order with this id')
        return { status: 200, body: view(order) }
      },
    },
    internalRoutes: {
      'GET /internal/books': async (request) => ({ status: 200, body: await store.page(pageStart(request)) }),
      'GET /internal/unfinished': async () => ({ status: 200, body: await store.countUnfinished() }),
    },
    figures: async () => ({ orders: await store.countUnfinished() }),
    checks: { postgres: () => store.countUnfinished() },
  }
}
